/** Pictures appear by themselves: what a person sees between "Generate" and the last picture. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startSite } from "./support/site.ts";
import { openBrowser, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

/** The room's first look at a task of which it has heard nothing is 20 s after the start. */
const FIRST_LOOK_WITHIN_MS = 40_000;

// Two at a time: the wait for the room's own look passes while the other tests run.
describe("a person who has signed in", { timeout: 60_000, concurrency: 2 }, () => {
  test("sees the pictures of a task whose webhook was lost, once the room has asked for them", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "hana");
      const task = await visit.generate("A message in a bottle", 2);
      site.emulator.finish(task.taskId);
      assert.deepEqual(await task.settled(FIRST_LOOK_WITHIN_MS), ["success", "success"]);
      await task.shows(2);
      assert.deepEqual(
        site.emulator.deliveries.filter(({ taskId }) => taskId === task.taskId),
        [],
      );
    }));

  test("asks for four pictures and sees each place filled, without a reload", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "ada");
      await visit.page.evaluate("window.isTheSamePage = true");
      const task = await visit.generate("A lighthouse in morning fog", 4);
      assert.equal(await task.images.and(visit.page.locator("[data-status=pending]")).count(), 4);
      await task.shows(0);
      await site.emulator.deliver(task.taskId);
      assert.deepEqual(await task.settled(), ["success", "success", "success", "success"]);
      await task.shows(4);
      assert.equal(await visit.page.evaluate("window.isTheSamePage"), true);
    }));

  test("follows several tasks at once, in whatever order they end", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "bea");
      const first = await visit.generate("A red kite", 1);
      const second = await visit.generate("A blue kite", 2);
      await site.emulator.deliver(second.taskId);
      await second.shows(2);
      assert.equal(await first.card.getAttribute("data-status"), "pending");
      await site.emulator.deliver(first.taskId);
      await first.shows(1);
    }));

  test("sees the pictures that were made, and beside them why the others were not", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "cleo");
      const task = await visit.generate("Four teapots [partial]", 4);
      await site.emulator.deliver(task.taskId);
      assert.deepEqual(await task.settled(), ["success", "failed", "success", "failed"]);
      await task.shows(2);
      const reasons = task.images.getByTestId("error");
      assert.equal(await reasons.count(), 2);
      assert.equal(await reasons.first().innerText(), "Generation failed");
    }));

  test("reads the provider's reason when a whole task fails", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "dora");
      const task = await visit.generate("Something unkind [fail]", 2);
      await site.emulator.deliver(task.taskId);
      assert.deepEqual(await task.settled(), ["failed", "failed"]);
      const reason = task.card.getByTestId("error").first();
      assert.equal(await reason.getAttribute("data-code"), "restricted_content");
      assert.match(await reason.innerText(), /^Restricted content\s+\S/);
    }));

  test("reloads in the middle, and the page goes on following", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "ella");
      const { taskId } = await visit.generate("A harbour at dusk", 2);
      await visit.page.reload();
      const task = await visit.task("A harbour at dusk");
      assert.equal(task.taskId, taskId);
      assert.equal(await task.card.getAttribute("data-status"), "pending");
      await visit.connection("live");
      await site.emulator.deliver(taskId);
      await task.shows(2);
    }));

  test("reloads after the end, and finds the pictures in the history", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "fay");
      const task = await visit.generate("A paper boat", 1);
      await site.emulator.deliver(task.taskId);
      await task.shows(1);
      await visit.page.reload();
      await (await visit.task("A paper boat")).shows(1);
    }));
});
