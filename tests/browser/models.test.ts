/** Any model, by its name: from the form to its end, with progress, a cancellation and what expires. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startSite } from "./support/site.ts";
import { openBrowser, type Visit, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 90_000;
/** Nobody is at the address of a provider's file. */
const FILES = { expected: /replicate\.delivery|ERR_NAME_NOT_RESOLVED|ERR_INTERNET/ };

/** Runs the first example, or this one, and returns the provider's own id of it. */
async function runFromForm(visit: Visit, provider = "replicate", input?: string): Promise<string> {
  await visit.signIn(site.url, "ada");
  await visit.page.getByRole("link", { name: "Models" }).click();
  await visit.at("provider").selectOption(provider);
  if (input !== undefined) await visit.at("run-input").fill(input);
  await visit.at("run").click();
  await visit.page.waitForURL(/\/t\/(rep|fal)_/);
  await visit.at("task").waitFor();
  return visit.page.url().split("_").slice(1).join("_");
}

describe("a model", { timeout }, () => {
  test("is run by its example, shows how far it has come, and until when its files are there", () =>
    visiting(
      browser,
      async (visit) => {
        const id = await runFromForm(visit);
        await visit.connection("live");
        await site.emulator.replicate.deliver(id, { progress: 0.5 });
        await visit.at("progress").getByText("50 %").waitFor();
        assert.match(await visit.at("progress").innerText(), /25\/50/);
        await site.emulator.replicate.deliver(id);
        await visit.at("outputs").locator("img").waitFor({ state: "attached" });
        assert.match(await visit.at("expiry").innerText(), /^Deleted by the provider at /);
        assert.equal(await visit.at("cancel").count(), 0);
        assert.equal(await visit.at("progress").count(), 0);
      },
      FILES,
    ));

  test("shows its place in the queue, and is canceled", () =>
    visiting(
      browser,
      async (visit) => {
        const id = await runFromForm(visit, "fal");
        await visit
          .at("progress")
          .getByText(/^Position \d+ in the queue$/)
          .waitFor({ timeout: 20_000 });
        await visit.at("cancel").click();
        await visit.at("error").getByText("The task was canceled.").waitFor();
        assert.equal(site.emulator.fal.runs.get(id)?.status, "canceled");
      },
      FILES,
    ));

  test("is not run with an input that is no object, and the form says so", () =>
    visiting(
      browser,
      async (visit) => {
        await visit.signIn(site.url, "ada");
        await visit.page.goto(`${site.url}/run`);
        await visit.at("run-input").fill("[1]");
        await visit.at("run").click();
        assert.match(await visit.at("error").innerText(), /must be a JSON object/);
      },
      FILES,
    ));
});
