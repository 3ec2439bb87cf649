/** Every prompt with every model, side by side. */

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

async function compare(visit: Visit, prompts: string[], models: string[]): Promise<void> {
  await visit.view("Compare");
  await visit.at("prompts").fill(prompts.join("\n"));
  await visit.nameModels(models);
  await visit.at("compare").click();
  await visit.at("grid").waitFor();
}

/** The cell of a prompt with a model, by the table that assistive technology sees. */
function cell(visit: Visit, prompt: string, column: number) {
  const header = visit.page.getByRole("rowheader", { name: prompt, exact: true });
  return visit.page.getByRole("row").filter({ has: header }).getByTestId("cell").nth(column);
}

/** What the provider was asked, by the pair. */
function taskOf(prompt: string, model: string): string {
  const found = [...site.emulator.tasks.values()].filter(
    ({ request }) => request.prompt === prompt && request.model === model,
  );
  return found.at(-1)?.id ?? "";
}

describe("a comparison", { timeout }, () => {
  test("has a cell for each pair, filled as its picture comes", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "ada");
      await compare(visit, ["A fern", "A moth"], ["m/one", "m/two", "m/three"]);
      assert.match(visit.page.url(), /\/compare\/[\w-]+$/);
      assert.deepEqual(await visit.page.getByRole("columnheader").allInnerTexts(), ["m/one", "m/two", "m/three"]);
      assert.deepEqual(await visit.page.getByRole("rowheader").allInnerTexts(), ["A fern", "A moth"]);
      assert.equal(await visit.at("cell").count(), 6);
      await site.emulator.deliver(taskOf("A moth", "m/two"));
      await cell(visit, "A moth", 1).locator("img[data-state=shown]").waitFor();
      assert.equal(await visit.page.locator("[data-testid=cell][data-status=pending]").count(), 5);
      assert.equal(await visit.at("batch-progress").innerText(), "1 of 6 done");
      for (const prompt of ["A fern", "A moth"]) {
        for (const model of ["m/one", "m/two", "m/three"]) await site.emulator.deliver(taskOf(prompt, model));
      }
      await visit.page.getByText("6 of 6 done").waitFor();
      await visit.page.locator("[data-testid=cell] img[data-state=shown]").nth(5).waitFor();
    }));

  test("goes on after a reload in the middle, with the same cells in the same places", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "bea");
      await compare(visit, ["A pear", "A plum"], ["m/one", "m/two"]);
      await visit.page.reload();
      await visit.at("grid").waitFor();
      await visit.connection("live");
      await site.emulator.deliver(taskOf("A plum", "m/one"));
      await cell(visit, "A plum", 0).locator("img[data-state=shown]").waitFor();
      assert.equal(await visit.page.locator("[data-testid=cell][data-status=pending]").count(), 3);
    }));

  test("is found again by its address, by whoever started it and by nobody else", async () => {
    let address = "";
    await visiting(browser, async (visit) => {
      await visit.signIn(site.url, "fay");
      await compare(visit, ["A crab", "A shell"], ["m/one", "m/two"]);
      address = visit.page.url();
    });
    await site.emulator.deliver(taskOf("A crab", "m/two"));
    await visiting(browser, async (visit) => {
      await visit.page.goto(address);
      await visit.passSignIn("fay");
      await cell(visit, "A crab", 1).locator("img[data-state=shown]").waitFor();
      await visit.at("cell").nth(3).waitFor();
      assert.deepEqual(await visit.page.getByRole("columnheader").allInnerTexts(), ["m/one", "m/two"]);
      assert.deepEqual(await visit.page.getByRole("rowheader").allInnerTexts(), ["A crab", "A shell"]);
    });
    await visiting(
      browser,
      async (visit) => {
        await visit.page.goto(address);
        await visit.passSignIn("mallory");
        await visit.at("refused").waitFor();
        assert.match(await visit.at("refused").innerText(), /^There is no such comparison/);
        assert.equal(await visit.at("cell").count(), 0);
      },
      { expected: /status of 404/ },
    );
  });

  test("says why a pair failed, and puts what is tried again in its place", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "cleo");
      await compare(visit, ["A wasp [fail]", "A bee"], ["m/one"]);
      await site.emulator.deliver(taskOf("A wasp [fail]", "m/one"));
      const failed = cell(visit, "A wasp [fail]", 0);
      assert.equal(await failed.getByTestId("error").first().getAttribute("data-code"), "restricted_content");
      const before = taskOf("A wasp [fail]", "m/one");
      await failed.getByTestId("retry").click();
      await failed.and(visit.page.locator("[data-status=pending]")).waitFor();
      const again = taskOf("A wasp [fail]", "m/one");
      assert.notEqual(again, before);
      site.emulator.finish(again, "completed");
      await site.emulator.deliver(again);
      await failed.locator("img[data-state=shown]").waitFor();
    }));

  test("shows the pairs that the provider refused beside those that it took", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "dora");
      await compare(visit, ["A swan", "A goose [refuse-429]"], ["m/one"]);
      const refused = cell(visit, "A goose [refuse-429]", 0);
      assert.equal(await refused.getByTestId("error").getAttribute("data-code"), "provider_rate_limited");
      await site.emulator.deliver(taskOf("A swan", "m/one"));
      await cell(visit, "A swan", 0).locator("img[data-state=shown]").waitFor();
    }));

  test("of pairs that were all refused says so in each cell", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "gus");
      await compare(visit, ["A heron [refuse-429]"], ["m/one", "m/two"]);
      const errors = visit.at("cell").getByTestId("error");
      await errors.nth(1).waitFor();
      const codes = await errors.evaluateAll((all) => all.map((one) => one.getAttribute("data-code")));
      assert.deepEqual(codes, ["provider_rate_limited", "provider_rate_limited"]);
      assert.equal(await visit.at("batch-progress").innerText(), "2 of 2 done");
      assert.equal(await visit.at("retry").count(), 2);
    }));

  test("of pairs that were all refused has left nothing to come back to", async () => {
    let address = "";
    await visiting(browser, async (visit) => {
      await visit.signIn(site.url, "hans");
      await compare(visit, ["A crane [refuse-429]"], ["m/one", "m/two"]);
      const errors = visit.at("cell").getByTestId("error");
      await errors.nth(1).waitFor();
      assert.deepEqual(
        await errors.evaluateAll((all) => all.map((one) => one.getAttribute("data-code"))),
        Array(2).fill("provider_rate_limited"),
      );
      assert.equal(await visit.at("batch-progress").innerText(), "2 of 2 done");
      address = visit.page.url();
    });
    await visiting(
      browser,
      async (visit) => {
        await visit.page.goto(address);
        await visit.passSignIn("hans");
        await visit.page.getByText("There is no such comparison").waitFor();
      },
      { expected: /status of 404|WebSocket/ },
    );
  });

  test("is offered the provider's models, by their names", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "iris");
      await visit.view("Compare");
      // More than the page knows by itself.
      const [one, two, three] = [
        "google/gemini-3.1-flash-image",
        "black-forest-labs/flux.2-pro",
        "bytedance/seedream-5",
      ];
      const lines = visit.at("models");
      await visit.page.waitForFunction(
        () => document.querySelector<HTMLTextAreaElement>("[data-testid=models]")?.value.split("\n").length === 3,
      );
      assert.equal(await lines.inputValue(), [one, two, three].join("\n"));
      const choice = visit.at("model-choice").filter({ hasText: /^FLUX\.2 Pro$/ });
      assert.equal(await choice.getAttribute("aria-pressed"), "true");
      await choice.click();
      assert.equal(await lines.inputValue(), [one, three].join("\n"));
      await choice.and(visit.page.locator("[aria-pressed=false]")).click();
      assert.equal(await lines.inputValue(), [one, three, two].join("\n"));
      // What somebody has written is left as it is.
      await lines.fill("m/mine");
      await visit.at("model-choice").first().click();
      assert.equal(await lines.inputValue(), `m/mine\n${one}`);
    }));

  test("of too many pairs is not asked for", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "ella");
      await visit.view("Compare");
      await visit.at("prompts").fill(Array.from({ length: 11 }, (_, at) => `Prompt ${at}`).join("\n"));
      await visit.nameModels(["m/one", "m/two"]);
      await visit.at("compare").click();
      assert.equal(
        await visit.page.locator(".field-prompts").getByTestId("error").innerText(),
        "That makes 22 tasks. The limit is 20.",
      );
    }));
});
