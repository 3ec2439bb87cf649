/** What ModelRiver's workflows make, on the page as it comes. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startSite } from "./support/site.ts";
import { openBrowser, type Visit, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 60_000;
const river = site.emulator.modelriver;

/** Sends the form and waits until its channel is on the page: its id. */
async function ask(visit: Visit, message: string, category = ""): Promise<string> {
  await visit.at("message").fill(message);
  await visit.at("category").fill(category);
  await visit.at("ask").click();
  const channel = visit.at("channel").filter({ hasText: message });
  await channel.waitFor();
  return (await channel.getAttribute("data-channel-id")) ?? "";
}

function channelIn(visit: Visit, id: string, status: string): Promise<void> {
  return visit.page.locator(`[data-channel-id="${id}"][data-status=${status}]`).waitFor();
}

describe("the feed", { timeout }, () => {
  test("shows a request from pending to done, and what came of it on top", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "ada");
      await visit.view("Feed");
      const id = await ask(visit, "A film about a ferry", "films");
      await channelIn(visit, id, "pending");
      await river.deliver(id);
      await channelIn(visit, id, "completed");
      const row = visit.at("content").first();
      await row.waitFor();
      const title = await row.getByRole("heading").innerText();
      assert.match(title, /Ferry$/);
      assert.match(await row.locator(".body").innerText(), /\S/);
      assert.equal(await row.locator(".chip").innerText(), "Films");
      assert.match((await row.locator("time").getAttribute("datetime")) ?? "", /^20\d\d-/);
      // From the request to the row, by the keyboard.
      await visit.page.locator(`[data-channel-id="${id}"]`).getByRole("link", { name: title }).press("Enter");
      assert.equal(await row.evaluate((element) => element === document.activeElement), true);
      assert.equal(visit.page.url(), `${site.url}/feed`);
    }));

  test("gets newer by itself, one row for each and the newest on top", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "bea");
      await visit.view("Feed");
      const ids = [await ask(visit, "A film about rain"), await ask(visit, "A film about snow")];
      for (const id of ids) {
        await river.deliver(id, { copies: 2 });
        await channelIn(visit, id, "completed");
      }
      await visit.at("content").nth(1).waitFor();
      const titles = await visit.at("content").getByRole("heading").allInnerTexts();
      assert.deepEqual(
        titles.map((title) => title.split(" ").at(-1)),
        ["Snow", "Rain"],
      );
    }));

  test("follows its requests through a reload", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "cleo");
      await visit.view("Feed");
      const id = await ask(visit, "A film about a lift");
      await visit.page.reload();
      await channelIn(visit, id, "pending");
      await visit.connection("live");
      await river.deliver(id);
      await channelIn(visit, id, "completed");
      await visit.at("content").first().waitFor();
    }));

  test("says why a request failed", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "dora");
      await visit.view("Feed");
      const id = await ask(visit, "A film about a lock [fail]");
      await river.deliver(id);
      await channelIn(visit, id, "failed");
      assert.match(await visit.page.locator(`[data-channel-id="${id}"]`).getByTestId("error").innerText(), /\S/);
      assert.equal(await visit.at("content").count(), 0);
    }));

  test("tries a failed request again in its place, with the same words and category", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "finn");
      await visit.view("Feed");
      const id = await ask(visit, "A film about a key [fail]", "films");
      await river.deliver(id);
      await channelIn(visit, id, "failed");
      await ask(visit, "A film about a door");
      await visit.at("retry").click();
      await visit.page.locator(`[data-channel-id="${id}"]`).waitFor({ state: "detached" });
      const again = visit.at("channel").nth(1);
      assert.match(await again.innerText(), /A film about a key/);
      const againId = (await again.getAttribute("data-channel-id")) ?? "";
      assert.notEqual(againId, id);
      const [first, second] = [id, againId].map((channel) => {
        const request: any = structuredClone(river.channels.get(channel)?.request);
        // Each start has an intent of its own.
        delete request?.metadata.taskwire_intent;
        return request;
      });
      assert.ok(first);
      assert.deepEqual(second, first);
      await channelIn(visit, againId, "pending");
    }));

  test("keeps the message when the provider refuses, and says why", () =>
    visiting(
      browser,
      async (visit) => {
        await visit.signIn(site.url, "ella");
        await visit.view("Feed");
        await visit.at("message").fill("A film [refuse-429]");
        await visit.at("ask").click();
        await visit.page.locator(".composer .notice").waitFor();
        assert.equal(await visit.at("message").inputValue(), "A film [refuse-429]");
        assert.equal(await visit.at("channel").count(), 0);
      },
      { expected: /status of 429/ },
    ));
});
