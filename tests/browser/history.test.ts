/** All that was ever made, page by page, and the same in another tab. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSite } from "./support/site.ts";
import { openBrowser, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 90_000;
/** More than two pages of twenty. */
const TASKS = 45;

test("the history loads what is older while one scrolls, each task once and the newest first", {
  timeout,
}, async () => {
  const authorization = `Bearer ${await site.emulator.token({ sub: "ada" })}`;
  for (let at = 0; at < TASKS; at++) {
    const body = JSON.stringify({ prompt: `Study ${at}`, model: "m" });
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(`${site.url}/generate`, { method: "POST", body, headers });
    assert.equal(answer.status, 201);
  }
  await visiting(
    browser,
    async (visit) => {
      await visit.signIn(site.url, "ada");
      await visit.view("History");
      const thumbs = visit.at("thumb");
      await thumbs.first().waitFor();
      assert.ok((await thumbs.count()) < TASKS);
      while ((await thumbs.count()) < TASKS) {
        const before = await thumbs.count();
        await thumbs.last().scrollIntoViewIfNeeded();
        await thumbs.nth(before).waitFor();
      }
      const titles = await thumbs.locator(".thumb-title").allInnerTexts();
      assert.deepEqual(
        titles,
        Array.from({ length: TASKS }, (_, at) => `Study ${TASKS - 1 - at}`),
      );
      await visit.at("load-more").waitFor({ state: "detached" });

      await thumbs.last().click();
      await visit.page.getByRole("heading", { level: 1, name: "Study 0" }).waitFor();
      assert.equal(await visit.page.evaluate(() => scrollY), 0);
      await visit.page.goBack();
      // What was loaded is still there.
      await thumbs.nth(TASKS - 1).waitFor();
    },
    { viewport: { width: 900, height: 500 } },
  );
});

test("two tabs show the same, whichever of them it is started in", { timeout }, async () => {
  const context = await browser.newContext();
  try {
    await visiting(
      browser,
      async (one) => {
        await one.signIn(site.url, "gwen");
        await visiting(
          browser,
          async (other) => {
            await other.signIn(site.url, "gwen");
            const started = await one.generate("Two halves of an orange", 2);
            const seen = await other.task("Two halves of an orange");
            assert.equal(seen.taskId, started.taskId);
            await site.emulator.deliver(started.taskId);
            await Promise.all([started.shows(2), seen.shows(2)]);
            await other.signOut();
            await other.at("sign-in").waitFor();
          },
          { context },
        );
        const last = await one.generate("The third half", 1);
        await site.emulator.deliver(last.taskId);
        await last.shows(1);
      },
      { context },
    );
  } finally {
    await context.close();
  }
});
