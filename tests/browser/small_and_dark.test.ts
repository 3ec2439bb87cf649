/** On a phone and in the dark: everything fits, and everything can be read. */

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
const WIDTH = 360;
const NARROW = { width: WIDTH, height: 640 };
/** What a phone cannot break by itself. */
const LONG = `An_address_without_a_space_${"x".repeat(90)}`;

/** Every view with something in it, each handed to `look`. */
async function tour(visit: Visit, name: string, look: (view: string) => Promise<void>): Promise<void> {
  await visit.page.goto(site.url);
  await visit.at("sign-in").waitFor();
  await look("sign-in");
  await visit.signIn(site.url, name);
  const failed = await visit.generate(`${LONG} [partial]`, 4);
  await site.emulator.deliver(failed.taskId);
  await failed.settled();
  await visit.generate("A snail", 3);
  await look("gallery");
  await failed.card.getByRole("link", { name: LONG }).first().click();
  await visit.at("share").click();
  await visit.at("share-dialog").waitFor();
  await look("dialog");
  await visit.page.keyboard.press("Escape");
  await look("task");
  await visit.view("History");
  await visit.at("thumb").first().waitFor();
  await look("history");
  await visit.view("Compare");
  await visit.at("prompts").fill(`${LONG} [fail]\nA snail`);
  await visit.at("compare").click();
  await visit.at("grid").waitFor();
  const failing = [...site.emulator.tasks.values()].findLast(({ request }) => request.prompt === `${LONG} [fail]`);
  await site.emulator.deliver(failing?.id ?? "");
  await visit.page.locator("[data-testid=cell][data-status=failed]").waitFor();
  await look("comparison");
  await visit.view("Feed");
  await visit.at("message").fill(LONG);
  await visit.at("category").fill("c".repeat(80));
  await visit.at("ask").click();
  await visit.at("channel").waitFor();
  await site.emulator.modelriver.deliver((await visit.at("channel").getAttribute("data-channel-id")) ?? "");
  await visit.at("content").waitFor();
  await look("feed");
}

test("nothing is wider than a phone", { timeout }, () =>
  visiting(
    browser,
    (visit) =>
      tour(visit, "ada", async (view) => {
        const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(wide, WIDTH, `${view} is ${wide} px wide`);
        const small = await visit.page.evaluate(() =>
          [...document.querySelectorAll<HTMLElement>("button, select, input, nav a")]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 32)
            .map((one) => one.outerHTML),
        );
        assert.deepEqual(small, [], `too small for a thumb in ${view}`);
      }),
    { viewport: NARROW, hasTouch: true },
  ),
);

describe("every word can be read", { timeout }, () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`where the machine is ${colorScheme}`, () =>
      visiting(
        browser,
        (visit) =>
          tour(visit, colorScheme, async (view) => {
            const ground = await visit.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
            assert.equal(ground, colorScheme === "light" ? "rgb(247, 247, 245)" : "rgb(18, 19, 20)");
            assert.deepEqual(await lowContrast(visit.page), [], view);
          }),
        { colorScheme, reducedMotion: "reduce" },
      ));
  }
});
