/** A task's own page, and the link that shows it to others. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startSite } from "./support/site.ts";
import { ticketFor } from "./support/tickets.ts";
import { openBrowser, type Visit, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 60_000;

/** Starts a task from its form and goes to its page. */
async function onItsPage(visit: Visit, name: string, prompt: string, count = 2): Promise<string> {
  await visit.signIn(site.url, name);
  const { card, taskId } = await visit.generate(prompt, count);
  await card.getByRole("link", { name: prompt, exact: true }).click();
  await visit.page.waitForURL(`${site.url}/t/${taskId}`);
  await visit.page.getByRole("heading", { level: 1, name: prompt }).waitFor();
  return taskId;
}

/** The link in the dialog, once it is made. */
async function share(visit: Visit): Promise<string> {
  await visit.at("share").click();
  await visit.page.waitForFunction(() => document.querySelector<HTMLInputElement>("[data-testid=shared-link]")?.value);
  return visit.at("shared-link").inputValue();
}

/** Runs in the page: the control in the open dialog that has the focus, or the element that has it instead. */
function nameOfFocused(): string {
  const focused = document.activeElement;
  const control = focused?.closest("dialog[open] :is(input, button)");
  if (!control) return focused?.localName ?? "nothing";
  return (control instanceof HTMLInputElement ? control.labels?.[0] : control)?.textContent ?? "";
}

async function refusal(visit: Visit): Promise<string> {
  await visit.at("refused").waitFor();
  assert.equal(await visit.at("task").count(), 0);
  return visit.at("refused").getByRole("heading").innerText();
}

describe("a task's page", { timeout }, () => {
  test("follows the task, survives a reload in the middle, and is left by Back", () =>
    visiting(browser, async (visit) => {
      const taskId = await onItsPage(visit, "ada", "A tide pool");
      await visit.page.reload();
      const task = await visit.task("A tide pool");
      assert.equal(await task.card.getAttribute("data-status"), "pending");
      await visit.connection("live");
      await site.emulator.deliver(taskId);
      await task.shows(2);
      await visit.page.goBack();
      await visit.at("generate").waitFor();
      assert.equal(visit.page.url(), `${site.url}/`);
    }));

  test("of somebody else is refused like one that does not exist", async () => {
    let taskId = "";
    await visiting(browser, async (visit) => {
      taskId = await onItsPage(visit, "grace", "A sealed letter");
    });
    const words = new Set<string>();
    for (const id of [taskId, "tsk_nobody"]) {
      await visiting(
        browser,
        async (visit) => {
          await visit.page.goto(`${site.url}/t/${id}`);
          await visit.passSignIn("mallory");
          await refusal(visit);
          words.add(await visit.at("refused").innerText());
        },
        { expected: /status of 404/ },
      );
    }
    assert.equal(words.size, 1, [...words].join(" / "));
    assert.match([...words][0] ?? "", /^There is no such task/);
  });

  test("takes its words back to the form", () =>
    visiting(browser, async (visit) => {
      await onItsPage(visit, "cora", "A windmill");
      await visit.page.getByRole("link", { name: "Use this prompt" }).click();
      await visit.at("generate").waitFor();
      assert.equal(await visit.at("prompt").inputValue(), "A windmill");
    }));
});

describe("a shared link", { timeout }, () => {
  test("shows the task live to somebody who has not signed in, and lets them do nothing", async () => {
    let link = "";
    let taskId = "";
    await visiting(browser, async (visit) => {
      taskId = await onItsPage(visit, "ada", "A comet over a lake");
      link = await share(visit);
    });
    const { pathname, search, hash } = new URL(link);
    assert.deepEqual([pathname, search], [`/t/${taskId}`, ""]);
    assert.match(hash, /^#ticket=v1\./);

    await visiting(browser, async (visit) => {
      const seen: string[] = [];
      visit.page.on("request", async (request) => {
        const { referer = "" } = await request.allHeaders().catch((): Record<string, string> => ({}));
        if (request.isNavigationRequest()) seen.push(request.url());
        seen.push(referer);
      });
      await visit.page.goto(link);
      const task = await visit.task("A comet over a lake");
      await visit.connection("live");
      await site.emulator.deliver(taskId);
      await task.shows(2);
      await visit.page.reload();
      await (await visit.task("A comet over a lake")).shows(2);
      for (const name of ["sign-in", "share", "retry", "generate", "account", "delete"])
        assert.equal(await visit.at(name).count(), 0, name);
      assert.deepEqual(
        seen.filter((text) => text.includes("v1.") || text.includes("ticket")),
        [],
      );
    });
  });

  test("says that it has expired, or that it is not valid", async () => {
    let taskId = "";
    await visiting(browser, async (visit) => {
      taskId = await onItsPage(visit, "ada", "A brass key");
    });
    const cases: [ticket: string, words: string][] = [
      [ticketFor({ user: "ada", taskId, expiresAt: Date.now() - 1 }), "This link has expired"],
      [ticketFor({ user: "ada", taskId, secret: "a guess" }), "This link is not valid"],
      [ticketFor({ user: "ada", taskId: "tsk_another" }), "This link is not valid"],
      // A good ticket for nothing: what the server says of a task that was deleted.
      [ticketFor({ user: "mallory", taskId }), "This task is gone"],
      ["word", "This link is not valid"],
    ];
    for (const [ticket, words] of cases) {
      await visiting(
        browser,
        async (visit) => {
          await visit.page.goto(`${site.url}/t/${taskId}#ticket=${ticket}`);
          assert.equal(await refusal(visit), words, ticket);
        },
        { expected: /status of 40[14]/ },
      );
    }
    // The same by hand, in its time: so it was not for the form that the others were refused.
    await visiting(browser, async (visit) => {
      await visit.page.goto(`${site.url}/t/${taskId}#ticket=${ticketFor({ user: "ada", taskId })}`);
      await visit.task("A brass key");
    });
  });

  test("is made in a dialog that holds the focus, and gives it back", () =>
    visiting(
      browser,
      async (visit) => {
        await onItsPage(visit, "dina", "A stone bridge");
        await visit.at("share").focus();
        await visit.page.keyboard.press("Enter");
        await visit.at("share-dialog").waitFor();
        assert.equal(await visit.at("share-dialog").getAttribute("open"), "");
        const stops: string[] = [];
        for (let step = 0; step < 8; step++) {
          await visit.page.keyboard.press("Tab");
          stops.push(await visit.page.evaluate(nameOfFocused));
        }
        // Between the last and the first control the focus is with the browser's own, where the body stands for it.
        const around = ["Link", "Close", "Copy the link", "body"];
        const first = around.indexOf(stops[0] ?? "");
        assert.deepEqual(
          stops,
          Array.from({ length: 8 }, (_, step) => around[(first + step) % around.length]),
        );
        await visit.page.getByRole("button", { name: "Copy the link" }).click();
        await visit.page.getByText("Copied.").waitFor();
        assert.equal(
          await visit.page.evaluate(() => navigator.clipboard.readText()),
          await visit.at("shared-link").inputValue(),
        );
        await visit.page.keyboard.press("Escape");
        await visit.at("share-dialog").waitFor({ state: "detached" });
        assert.equal(await visit.at("share").evaluate((button) => button === document.activeElement), true);
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    ));
});
