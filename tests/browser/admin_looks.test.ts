/** The operator's page on a small screen, in the dark, and without a mouse: everything fits, can be read, and has a name. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { lowContrast } from "./support/contrast.ts";
import { forge, openAdmin, startOperated, startTask } from "./support/operator.ts";
import { openBrowser, type Visit, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startOperated(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

const timeout = 90_000;
/** What no screen can break by itself. */
const LONG = `An_address_without_a_space_${"x".repeat(120)}`;

const taskId = await startTask(site, LONG, `somebody-${"y".repeat(60)}`);
await site.emulator.deliver(taskId);
await site.emulator.deliver(taskId);
await forge(site);
await site.emulator.until(() => site.emulator.receiver.received.length > 0, 30_000);

/** Every view with something in it, each handed to `look`. */
async function tour(visit: Visit, look: (view: string) => Promise<void>): Promise<void> {
  const { page } = visit;
  const open = async (query: string, testId: string): Promise<void> => {
    await page.goto(`${site.url}/admin${query}`);
    await visit.at(testId).first().waitFor();
    await look(testId);
  };
  await openAdmin(visit, site);
  await visit.at("stages").waitFor();
  await page.locator(".bar-part").first().waitFor();
  await page.getByText("The hours as a table").click();
  await look("overview");
  await open("?view=deliveries", "delivery");
  await open("?view=deliveries&provider=fal&since=1h", "clear-filters");
  await open(`?task=${taskId}`, "task-sheet");
  await open("?view=events", "event");
  await visit.at("event").first().getByRole("link").first().click();
  await visit.at("event-sheet").waitFor();
  await look("event");
  await page.goto(`${site.url}/admin?view=deliveries&task=${taskId}`);
  await visit.at("delivery").first().getByRole("link").first().click();
  await visit.at("replay").click();
  await visit.at("confirm-dialog").waitFor();
  await look("dialog");
  await page.keyboard.press("Escape");
  await look("delivery");
}

for (const width of [320, 390]) {
  test(`nothing is wider than ${width} px, and nothing is too small for a thumb`, { timeout }, () =>
    visiting(
      browser,
      (visit) =>
        tour(visit, async (view) => {
          const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth);
          assert.equal(wide, width, `${view} is ${wide} px wide`);
          const small = await visit.page.evaluate(() =>
            [...document.querySelectorAll<HTMLElement>("button, select, input, nav a")]
              .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 32)
              .map((one) => one.outerHTML),
          );
          assert.deepEqual(small, [], `too small for a thumb in ${view}`);
        }),
      { viewport: { width, height: 700 }, hasTouch: true },
    ),
  );
}

describe("every word can be read", { timeout }, () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`where the machine is ${colorScheme}`, () =>
      visiting(
        browser,
        (visit) => tour(visit, async (view) => assert.deepEqual(await lowContrast(visit.page), [], view)),
        { colorScheme, reducedMotion: "reduce" },
      ));
  }
});

test(
  "each view has its landmarks, one main heading, a name for every control, and every time exactly",
  {
    timeout,
  },
  () =>
    visiting(browser, (visit) =>
      tour(visit, async (view) => {
        const { page } = visit;
        if (view !== "dialog")
          for (const role of ["banner", "navigation", "main"] as const)
            assert.equal(await page.getByRole(role).count(), 1, `${role} of ${view}`);
        assert.equal(await page.locator("h1").count(), 1, view);
        const odd = await page.evaluate(() => {
          const nameless = [...document.querySelectorAll<HTMLElement>("a, button, input, select, summary")].filter(
            (one) => {
              const label = (one as HTMLInputElement).labels?.[0]?.textContent;
              return !(one.getAttribute("aria-label") ?? label ?? one.textContent)?.trim();
            },
          );
          const vague = [...document.querySelectorAll("time")].filter((one) => Number.isNaN(Date.parse(one.dateTime)));
          const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
          return {
            odd: [...nameless, ...vague].map((one) => one.outerHTML),
            twice: ids.filter((id, at) => ids.indexOf(id) !== at),
            lost: [...document.querySelectorAll("[aria-labelledby], [aria-describedby]")]
              .flatMap((one) => [one.getAttribute("aria-labelledby"), one.getAttribute("aria-describedby")])
              .filter((id) => id && !document.getElementById(id)),
          };
        });
        assert.deepEqual(odd, { odd: [], twice: [], lost: [] }, view);
      }),
    ),
);
