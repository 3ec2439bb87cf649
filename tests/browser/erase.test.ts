/** Deleting: what is asked before, where the focus is, what everybody sees, and what happens if it cannot be done. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { lowContrast } from "./support/contrast.ts";
import { startSite } from "./support/site.ts";
import { openBrowser, type Visit, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 60_000;
const river = site.emulator.modelriver;

/** A task with its pictures, on the gallery. */
async function made(visit: Visit, prompt: string, count = 2): Promise<string> {
  const task = await visit.generate(prompt, count);
  await site.emulator.deliver(task.taskId);
  await task.shows(count);
  return task.taskId;
}

/** A row of content, on the feed. */
async function asks(visit: Visit, message: string): Promise<string> {
  await visit.at("message").fill(message);
  await visit.at("ask").click();
  const channel = visit.at("channel").filter({ hasText: message });
  await channel.waitFor();
  await river.deliver((await channel.getAttribute("data-channel-id")) ?? "");
  const link = channel.getByRole("link");
  await link.waitFor();
  return link.innerText();
}

/** What has the focus, as it is read out. */
function focused(visit: Visit): Promise<string> {
  return visit.page.evaluate(() => (document.activeElement?.textContent ?? "").replace(/\s+/g, " ").trim());
}

/** What the open dialog says. */
async function question(visit: Visit): Promise<string> {
  await visit.at("delete-dialog").waitFor();
  return visit.at("delete-dialog").innerText();
}

function closed(visit: Visit): Promise<void> {
  return visit.at("delete-dialog").waitFor({ state: "detached" });
}

function gone(visit: Visit, taskId: string): Promise<void> {
  return visit.page.locator(`[data-task-id="${taskId}"]`).waitFor({ state: "detached" });
}

function said(visit: Visit, words: string): Promise<void> {
  return visit.at("deletion").getByText(words, { exact: true }).waitFor({ state: "attached" });
}

describe("a task", { timeout }, () => {
  test("is deleted by the keyboard, after a question that names it and begins with Cancel", () =>
    visiting(browser, async (visit) => {
      const { keyboard } = visit.page;
      await visit.signIn(site.url, "ada");
      const [first, second] = [await made(visit, "A fox in the snow", 4), await made(visit, "A tide pool")];
      const name = "Delete… A tide pool";
      await visit.page.getByRole("button", { name, exact: true }).focus();

      for (const key of ["Enter", "Escape"]) {
        await keyboard.press("Enter");
        assert.match(await question(visit), /2 pictures and the prompt of “A tide pool”\. This cannot be undone\./);
        assert.equal(await focused(visit), "Cancel");
        await keyboard.press(key);
        await closed(visit);
        assert.equal(await focused(visit), name);
      }

      await keyboard.press("Enter");
      await question(visit);
      // Nothing behind the question can be reached.
      for (let stop = 0; stop < 6; stop++) {
        await keyboard.press("Tab");
        assert.ok(
          await visit.page.evaluate(() => {
            const { activeElement: element, body } = document;
            return element === body || element?.closest("dialog") !== null;
          }),
          await focused(visit),
        );
      }
      await visit.at("confirm-delete").focus();
      await keyboard.press("Enter");
      await gone(visit, second);
      // The next one has taken its place.
      assert.equal(await focused(visit), "Delete… A fox in the snow");
      await said(visit, "Deleted: A tide pool");
      await visit.page.reload();
      await visit.page.locator(`[data-task-id="${first}"]`).waitFor();
      assert.equal(await visit.at("task").count(), 1);
    }));

  test("is deleted from its own page, and is gone for another tab, a visitor with the link, and by Back", async () => {
    const context = await browser.newContext();
    try {
      await visiting(
        browser,
        async (visit) => {
          await visit.signIn(site.url, "bea");
          const { taskId } = await visit.generate("A sealed letter", 1);
          await visiting(
            browser,
            async (other) => {
              await other.signIn(site.url, "bea");
              await other.page.goto(`${site.url}/history`);
              await other.page.locator(`[data-task-id="${taskId}"]`).waitFor();
              await visit.page.goto(`${site.url}/t/${taskId}`);
              await visit.at("share").click();
              await visit.page.waitForFunction(
                () => document.querySelector<HTMLInputElement>("[data-testid=shared-link]")?.value,
              );
              const link = await visit.at("shared-link").inputValue();
              await visit.page.keyboard.press("Escape");
              await visiting(browser, async (visitor) => {
                await visitor.page.goto(link);
                await visitor.task("A sealed letter");
                await visitor.connection("live");
                await visit.at("delete").click();
                assert.match(await question(visit), /still running/);
                await visit.at("confirm-delete").click();
                await visit.page.waitForURL(`${site.url}/history`);
                assert.equal(await focused(visit), "History");
                await visitor.page.getByRole("heading", { name: "This task is gone" }).waitFor();
              });
              await gone(visit, taskId);
              await gone(other, taskId);
            },
            { context },
          );
          await visit.page.goBack();
          assert.doesNotMatch(visit.page.url(), /\/t\//);
          await visit.page.goto(`${site.url}/t/${taskId}`);
          await visit.page.getByRole("heading", { name: "There is no such task" }).waitFor();
        },
        { context, expected: /status of 404/ },
      );
    } finally {
      await context.close();
    }
  });

  test("goes from the page before the server has answered, and is back, with the reason, if that refuses", () =>
    visiting(
      browser,
      async (visit) => {
        await visit.signIn(site.url, "cleo");
        const taskId = await made(visit, "A golden gate", 1);
        await visit.view("History");
        const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
        await visit.page.route(`**/tasks/${taskId}`, async (route) => {
          if (route.request().method() !== "DELETE") return route.continue();
          await mayAnswer;
          await route.fulfill({ status: 403, json: { error: { code: "forbidden", message: "You may not." } } });
        });
        await visit.at("delete").click();
        await question(visit);
        await visit.at("confirm-delete").click();
        await gone(visit, taskId);
        assert.equal(await focused(visit), "History");
        answer();
        assert.match(await question(visit), /“A golden gate” was not deleted\. You may not\./);
        assert.equal(await visit.page.locator(`[data-task-id="${taskId}"]`).count(), 1);
        await visit.page.unroute(`**/tasks/${taskId}`);
        await visit.at("confirm-delete").click();
        await gone(visit, taskId);
        await said(visit, "Deleted: A golden gate");
      },
      { expected: /status of 403/ },
    ));

  test("of a comparison leaves its place, and the others", () =>
    visiting(browser, async (visit) => {
      await visit.signIn(site.url, "dora");
      await visit.view("Compare");
      await visit.at("prompts").fill("A lighthouse\nA mill");
      await visit.nameModels(["one/model"]);
      await visit.at("compare").click();
      await visit.at("grid").waitFor();
      const cells = visit.at("cell");
      assert.equal(await cells.count(), 2);
      await cells.first().getByRole("link", { name: "Details" }).click();
      await visit.at("delete").click();
      await question(visit);
      await visit.at("confirm-delete").click();
      await visit.page.getByRole("heading", { level: 1, name: "History" }).waitFor();
      await visit.page.goBack();
      await cells.first().getByText("It was deleted.").waitFor();
      assert.equal(await cells.nth(1).getAttribute("data-status"), "pending");
      assert.equal(await visit.at("batch-progress").innerText(), "1 of 2 done");
    }));
});

test("a result is deleted from the feed, and its request stays without it", { timeout }, () =>
  visiting(browser, async (visit) => {
    await visit.signIn(site.url, "ella");
    await visit.view("Feed");
    const [rain, snow] = [await asks(visit, "A film about rain"), await asks(visit, "A film about snow")];
    await visit.page.getByRole("button", { name: `Delete… ${rain}`, exact: true }).click();
    assert.match(await question(visit), new RegExp(`The text of “${rain}” and its data\\. This cannot be undone\\.`));
    await visit.at("confirm-delete").click();
    await said(visit, `Deleted: ${rain}`);
    assert.deepEqual(await visit.at("content").getByRole("heading").allInnerTexts(), [snow]);
    const channel = visit.at("channel").filter({ hasText: "A film about rain" });
    await channel.getByText("Its result was deleted.").waitFor();
    await visit.page.reload();
    await visit.at("content").waitFor();
    assert.deepEqual(await visit.at("content").getByRole("heading").allInnerTexts(), [snow]);
  }),
);

test("everything is deleted from the account's menu, and what is started afterwards stays", { timeout }, () =>
  visiting(browser, async (visit) => {
    const { keyboard } = visit.page;
    await visit.signIn(site.url, "fay");
    await made(visit, "A windmill");
    await made(visit, "A water mill", 1);
    await visit.at("account").focus();
    await keyboard.press("Enter");
    await visit.at("sign-out").waitFor();
    await keyboard.press("Escape");
    await visit.at("sign-out").waitFor({ state: "hidden" });
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    assert.equal(await focused(visit), "Delete everything of mine…");
    await keyboard.press("Enter");
    const words = await question(visit);
    for (const part of ["All your tasks", "pictures", "results", "cannot be undone", "at the provider’s own address"])
      assert.ok(words.includes(part), part);
    assert.equal(await focused(visit), "Cancel");
    await visit.at("confirm-delete").click();
    await visit.at("delete-dialog").getByText("is being deleted").waitFor();
    assert.equal(await focused(visit), "Close");
    await keyboard.press("Enter");
    await closed(visit);
    assert.equal(await focused(visit), "Account: Fay");
    assert.equal(await visit.at("task").count(), 0);
    const { taskId } = await visit.generate("A new mill", 1);
    await visit.page.reload();
    await visit.page.locator(`[data-task-id="${taskId}"]`).waitFor();
    await visit.at("task").nth(1).waitFor({ state: "detached" });
  }),
);

describe("the questions", { timeout }, () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`fit on a phone and can be read where it is ${colorScheme}`, () =>
      visiting(
        browser,
        async (visit) => {
          const look = async (what: string) => {
            assert.deepEqual(await lowContrast(visit.page), [], what);
            const sizes = await visit.page.evaluate(() => {
              const open = document.querySelector("dialog[open], :popover-open")?.getBoundingClientRect();
              return [
                document.documentElement.scrollWidth,
                (open?.left ?? -1) >= 0,
                (open?.right ?? 999) <= innerWidth,
              ];
            });
            assert.deepEqual(sizes, [390, true, true], what);
          };
          await visit.signIn(site.url, `gwen-${colorScheme}-with-a-name-that-is-longer-than-a-phone-is-wide`);
          await visit.generate(`A_prompt_without_a_space_${"x".repeat(200)}`, 1);
          await visit.at("delete").click();
          await question(visit);
          await look("the question about a task");
          await visit.page.keyboard.press("Escape");
          await closed(visit);
          await visit.at("account").click();
          await visit.at("delete-everything").waitFor();
          await look("the menu");
          await visit.at("delete-everything").click();
          await question(visit);
          await look("the question about everything");
        },
        { colorScheme, viewport: { width: 390, height: 800 }, hasTouch: true, reducedMotion: "reduce" },
      ));
  }
});
