/** What a start looks like before there is an answer, when it is refused, and when it is tried again. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { startSite } from "./support/site.ts";
import { openBrowser, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 60_000;

describe("a start", { timeout }, () => {
  test("is on the page before the provider has answered, and stays one card when it has", () =>
    visiting(browser, async (visit) => {
      const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
      site.emulator.options.onCreate = () => mayAnswer;
      try {
        await visit.signIn(site.url, "ada");
        await visit.ask("A glass greenhouse", 3);
        await visit.at("draft").waitFor();
        assert.equal(await visit.at("draft").locator("[data-testid=image][data-status=pending]").count(), 3);
        assert.equal(await visit.at("task").count(), 0);
      } finally {
        site.emulator.options.onCreate = undefined;
        answer();
      }
      const task = await visit.task("A glass greenhouse");
      assert.equal(await visit.at("draft").count(), 0);
      assert.equal(await visit.at("task").count(), 1);
      await site.emulator.deliver(task.taskId);
      await task.shows(3);
    }));

  test("is offered the provider's models, by their names", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "mia");
      const option = visit.page.locator('#models option[value="black-forest-labs/flux.2-pro"]');
      await option.waitFor({ state: "attached" });
      assert.equal(await option.textContent(), "FLUX.2 Pro");
      assert.equal(await visit.page.locator("#models option").count(), 3);
    }));

  test("that is refused takes its card away again, and says why", () =>
    visiting(
      browser,
      async (visit) => {
        const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
        await visit.page.route("**/generate", async (route) => {
          await mayAnswer;
          await route.continue();
        });
        await visit.signIn(site.url, "bea");
        await visit.ask("A golden gate [refuse-402]", 2);
        await visit.at("draft").waitFor();
        answer();
        await visit.at("draft").waitFor({ state: "detached" });
        assert.match(await visit.page.locator(".composer .notice").innerText(), /\S/);
        assert.equal(await visit.at("prompt").inputValue(), "A golden gate [refuse-402]");
      },
      { expected: /status of 502/ },
    ));

  test("asks for the size that was chosen, and its boxes have it before the pictures do", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "cleo");
      await visit.at("size").selectOption({ label: "Landscape" });
      const task = await visit.generate("A long pier", 2);
      const box = await task.images.first().boundingBox();
      assert.ok(box && Math.abs(box.width / box.height - 1.5) < 0.02, JSON.stringify(box));
      await watchShifts(visit.page);
      await site.emulator.deliver(task.taskId);
      await task.shows(2);
      const drawn = await task.images
        .locator("img")
        .first()
        .evaluate((image: HTMLImageElement) => image.naturalWidth / image.naturalHeight);
      assert.equal(drawn, 1.5);
      assert.deepEqual(await task.images.first().boundingBox(), box);
      const shifted = (await shifts(visit.page)).reduce((sum, one) => sum + one, 0);
      // The words of the line above may move beside each other; the rest of the page may not. A tenth is what hurts.
      assert.ok(shifted < 0.001, `the layout has shifted by ${shifted}`);
    }));

  test("counts its seconds while it runs", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "dora");
      const { card, taskId } = await visit.generate("A slow river", 1);
      const elapsed = card.getByTestId("elapsed");
      const seconds = async () => Number.parseInt(await elapsed.innerText(), 10);
      const first = await seconds();
      await visit.page.waitForFunction(
        ([element, first]) => Number.parseInt(element?.textContent ?? "", 10) >= first + 2,
        [await elapsed.elementHandle(), first] as const,
      );
      assert.equal(await card.getByTestId("arrived").innerText(), "0 of 1 in");
      await site.emulator.deliver(taskId);
      await card.getByText(/^took /).waitFor();
      assert.equal(await elapsed.count(), 0);
    }));
});

describe("Try again", { timeout }, () => {
  test("asks once more for the pictures that failed, and for those only", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "ella");
      const task = await visit.generate("Five ships [partial]", 5);
      await site.emulator.deliver(task.taskId);
      const failed = (await task.settled()).filter((status) => status === "failed").length;
      assert.ok(failed > 0 && failed < 5);
      const asked = site.emulator.tasks.size;
      await task.card.getByTestId("retry").click();
      await site.emulator.until(() => site.emulator.tasks.size === asked + 1);
      const again = [...site.emulator.tasks.values()].at(-1);
      assert.ok(again);
      assert.deepEqual([again.request.prompt, again.request.count], ["Five ships [partial]", failed]);
      await visit.page.locator(`[data-testid=task][data-task-id="${again.id}"]`).waitFor();
    }));

  test("is offered for a whole task that failed, and leads to a card that follows the new one", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "fay");
      const task = await visit.generate("A forbidden fruit [fail]", 2);
      await site.emulator.deliver(task.taskId);
      await task.settled();
      await task.card.getByTestId("retry").click();
      const cards = visit.at("task");
      await cards.nth(1).waitFor();
      const againId = (await cards.first().getAttribute("data-task-id")) ?? "";
      assert.notEqual(againId, task.taskId);
      site.emulator.finish(againId, "completed");
      await site.emulator.deliver(againId);
      await (await visit.task("A forbidden fruit [fail]")).shows(2);
    }));
});

/** From here on, what the browser counts as a jump of the layout. */
function watchShifts(page: Page): Promise<void> {
  return page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(window, { shifts: seen });
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.push((entry as PerformanceEntry & { value: number }).value);
    });
    observer.observe({ type: "layout-shift" });
  });
}

function shifts(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    return (window as unknown as { shifts: number[] }).shifts;
  });
}
