/** Without a mouse, and without eyes: where the focus is, and what is said. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSite } from "./support/site.ts";
import { openBrowser, type Visit, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 60_000;
/** More stops than any view here has. */
const MOST_STOPS = 60;

interface Stop {
  /** Not on the page at all: with the browser's own controls, between the last stop and the first. */
  isOutside: boolean;
  name: string;
  isRinged: boolean;
}

/** What has the focus, by the name that is read out, and whether it can be seen to have it. */
function focused(visit: Visit): Promise<Stop> {
  return visit.page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const label = (element as HTMLInputElement).labels?.[0]?.textContent;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      isOutside: element === document.body,
      name: (element.getAttribute("aria-label") ?? label ?? element.textContent ?? "").trim(),
      isRinged: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
    };
  });
}

/** Tabs on until this has the focus; each stop on the way has a name and a ring. */
async function tabTo(visit: Visit, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await visit.page.keyboard.press("Tab");
    const found = await focused(visit);
    if (found.isOutside) continue;
    passed.push(found.name);
    assert.notEqual(found.name, "", `a stop without a name after ${passed.join(", ")}`);
    assert.ok(found.isRinged, `no ring around ${found.name}`);
    if (typeof name === "string" ? found.name === name : name.test(found.name)) return;
  }
  assert.fail(`${name} is not reached: ${passed.join(", ")}`);
}

/** Waits until the announcer says this. */
function said(visit: Visit, words: string): Promise<void> {
  return visit.at("announcer").getByText(words, { exact: true }).waitFor({ state: "attached" });
}

test("everything is done by the keyboard: sign-in, a start, its page, the link, another view", { timeout }, () =>
  visiting(browser, async (visit) => {
    const { keyboard } = visit.page;
    await visit.page.goto(site.url);
    await visit.at("sign-in").waitFor();
    await tabTo(visit, "Sign in");
    await keyboard.press("Enter");
    await visit.page.locator("#name").waitFor();
    await keyboard.press("Control+A");
    await keyboard.type("ada");
    await keyboard.press("Enter");
    await visit.connection("live");

    await tabTo(visit, "Skip to the content");
    await keyboard.press("Enter");
    await tabTo(visit, "Prompt");
    await keyboard.type("A quiet library");
    await tabTo(visit, "Pictures");
    await keyboard.type("2");
    await tabTo(visit, "Generate");
    await keyboard.press("Enter");
    const task = await visit.task("A quiet library");
    await said(visit, "Started: 2 pictures.");
    await site.emulator.deliver(task.taskId);
    await task.shows(2);
    await said(visit, "2 pictures are ready.");

    await tabTo(visit, "A quiet library");
    await keyboard.press("Enter");
    await visit.page.waitForURL(`${site.url}/t/${task.taskId}`);
    await visit.page.waitForFunction(() => document.activeElement?.tagName === "H1");
    assert.equal(await visit.page.title(), "A quiet library · taskwire");
    await tabTo(visit, "Share…");
    await keyboard.press("Enter");
    await visit.at("share-dialog").waitFor();
    await keyboard.press("Escape");
    assert.equal((await focused(visit)).name, "Share…");

    await tabTo(visit, "History");
    await keyboard.press("Enter");
    await visit.page.waitForFunction(
      () => document.activeElement?.textContent === "History" && document.activeElement.tagName === "H1",
    );
    await tabTo(visit, /^A quiet library/);
  }),
);

test("what is seen is said: an end with failures, and a start by Ctrl+Enter", { timeout }, () =>
  visiting(browser, async (visit) => {
    await visit.signIn(site.url, "bea");
    await visit.at("prompt").fill("Two doors [partial]");
    await visit.at("count").fill("2");
    await visit.at("prompt").press("Control+Enter");
    const { taskId } = await visit.task("Two doors [partial]");
    await said(visit, "Started: 2 pictures.");
    await site.emulator.deliver(taskId);
    await said(visit, "1 picture is ready, 1 failed.");
  }),
);

test("each view has its landmarks, one main heading, and a name for every control", { timeout }, () =>
  visiting(browser, async (visit) => {
    await visit.signIn(site.url, "cleo");
    await visit.generate("A landmark", 1);
    for (const name of ["Gallery", "Compare", "History", "Feed"]) {
      await visit.view(name);
      assert.equal(await visit.page.title(), `${name} · taskwire`);
      for (const role of ["banner", "navigation", "main"] as const) {
        assert.equal(await visit.page.getByRole(role).count(), 1, `${role} of ${name}`);
      }
      assert.deepEqual(await visit.page.getByRole("heading", { level: 1 }).allInnerTexts(), [name]);
      assert.equal(await visit.page.locator("nav [aria-current=page]").innerText(), name);
      const nameless = await visit.page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("a, button, input, select, textarea")]
          .filter((one) => {
            const label = (one as HTMLInputElement).labels?.[0]?.textContent;
            return !(one.getAttribute("aria-label") ?? label ?? one.textContent)?.trim();
          })
          .map((one) => one.outerHTML),
      );
      assert.deepEqual(nameless, []);
    }
  }),
);
