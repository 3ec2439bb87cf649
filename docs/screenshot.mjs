// Takes docs/screenshot.png: the page of a running `npm start`, as a person sees it in the middle
// of their work. Run: node docs/screenshot.mjs [the page's address]

import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const url = process.argv[2] ?? "http://127.0.0.1:8787";
const path = fileURLToPath(new URL("screenshot.png", import.meta.url));
const WIDTH = 1200;

/** Oldest first; the last is still under way when the picture is taken. */
const TASKS = [
  { prompt: "Misty mountain ridges at dawn, low sun", count: 4 },
  { prompt: "Soap bubbles at dusk, macro photograph", count: 4 },
];

/** What moves only once has arrived; what shimmers goes on. */
function settled(page) {
  return page.evaluate(async () => {
    const passing = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map((each) => each.finished));
  });
}

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => existsSync(file));
const executablePath = process.env.CHROMIUM_PATH ?? usual;
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--disable-gpu"] });
try {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 }, colorScheme: "light" });
  await page.goto(url);
  await page.getByTestId("sign-in").click();
  await page.locator("#sign-in").click();

  const cards = page.getByTestId("task");
  for (const [index, { prompt, count }] of TASKS.entries()) {
    await page.getByTestId("prompt").fill(prompt);
    await page.getByTestId("count").fill(String(count));
    await page.getByTestId("generate").click();
    const card = cards.filter({ hasText: prompt }).first();
    await card.and(page.locator("[data-status=pending]")).waitFor();
    if (index < TASKS.length - 1) await card.locator("img[data-state=shown]").nth(count - 1).waitFor();
  }
  await page.getByTestId("prompt").fill("");
  await page.locator("[data-testid=connection][data-state=live]").waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.move(0, 0);
  await page.getByText("1 s", { exact: true }).first().waitFor();
  await settled(page);
  // What came before this run is further down, and is left out.
  const last = await cards.filter({ hasText: TASKS[0].prompt }).first().boundingBox();
  await page.screenshot({ path, clip: { x: 0, y: 0, width: WIDTH, height: last.y + last.height + 32 }, fullPage: true });
  console.log(`${path}: ${WIDTH} px wide, ${Math.round(statSync(path).size / 1000)} KB`);
} finally {
  await browser.close();
}
