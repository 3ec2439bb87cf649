// Takes the screenshots in this folder, from a running `npm start`.
// Run: node docs/screenshot.mjs [the page's address [the folder]]

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { PNG } from "pngjs";

const url = process.argv[2] ?? "http://127.0.0.1:8787";
const folder = process.argv[3] ?? fileURLToPath(new URL(".", import.meta.url));

/** The largest size of one screenshot, so that the README loads fast. */
const LARGEST_BYTES = 300_000;
const DESK = { width: 1080, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Oldest first. The last is still pending in the screenshot. */
const TASKS = [
  { prompt: "Misty mountain ridges at dawn, low sun", count: 4 },
  { prompt: "Folded silk, studio light [partial]", count: 4 },
  { prompt: "A lighthouse in morning fog, soft watercolour", count: 4 },
];
const PROMPTS = ["Soap bubbles, macro photograph", "Low sun over the ridges [slow]", "Glass marbles on slate [fail]"];
const MODELS = ["google/gemini-3.1-flash-image", "black-forest-labs/flux.2-pro", "bytedance/seedream-5"];
const MESSAGES = [
  { message: "A film about a lighthouse keeper", category: "films" },
  { message: "A series about a small orchestra", category: "series" },
  { message: "A film about the last beekeeper", category: "films" },
  { message: "A film about a night train [late]", category: "films" },
];

/** Opens the page and signs in. */
async function visit(browser, viewport, colorScheme) {
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByTestId("sign-in").click();
  await page.locator("#name").fill("Ada");
  await page.locator("#sign-in").click();
  await page.locator("[data-testid=connection][data-state=live]").waitFor();
  return page;
}

async function go(page, name) {
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
}

/** Waits for the animations that end. The shimmer goes on. */
function settled(page) {
  return page.evaluate(async () => {
    document.activeElement?.blur();
    const passing = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map((each) => each.finished));
  });
}

/** Compresses a PNG further. The browser compresses for speed. */
function packed(png) {
  return PNG.sync.write(PNG.sync.read(png), { colorType: 2, filterType: 1, deflateLevel: 9, deflateStrategy: 0 });
}

/** Takes the page down to the end of `last`. Below it are the tasks of earlier runs. */
async function take(page, name, last) {
  await page.mouse.move(0, 0);
  await settled(page);
  const { width } = page.viewportSize();
  const box = await last.boundingBox();
  const path = join(folder, name);
  const clip = { x: 0, y: 0, width, height: Math.ceil(box.y + box.height) + 24 };
  const bytes = packed(await page.screenshot({ clip, fullPage: true }));
  if (bytes.length > LARGEST_BYTES) throw new Error(`${name} is ${bytes.length} bytes, ${LARGEST_BYTES} at most.`);
  writeFileSync(path, bytes);
  console.log(`${path}: ${width} px wide, ${Math.round(bytes.length / 1000)} KB`);
}

async function generate(page, { prompt, count }) {
  await page.getByTestId("prompt").fill(prompt);
  await page.getByTestId("count").fill(String(count));
  await page.getByTestId("generate").click();
  const card = page.getByTestId("task").filter({ hasText: prompt }).first();
  await card.and(page.locator("[data-status=pending]")).waitFor();
  return card;
}

async function gallery(browser) {
  const page = await visit(browser, DESK, "light");
  const cards = [];
  for (const [index, task] of TASKS.entries()) {
    const card = await generate(page, task);
    cards.push(card);
    if (index === TASKS.length - 1) break;
    await card.and(page.locator("[data-status=completed]")).waitFor();
    const good = await card.locator("[data-testid=image][data-status=success]").count();
    await card
      .locator("img[data-state=shown]")
      .nth(good - 1)
      .waitFor();
  }
  await page.getByTestId("prompt").fill("");
  await cards.at(-1).getByText("1 s", { exact: true }).waitFor();
  await take(page, "screenshot.png", cards[0]);
  await page.context().close();
}

async function comparison(browser) {
  const page = await visit(browser, DESK, "light");
  await go(page, "Compare");
  await page.getByTestId("prompts").fill(PROMPTS.join("\n"));
  await page.getByTestId("models").fill(MODELS.join("\n"));
  await page.getByTestId("compare").click();
  const cells = page.getByTestId("cell");
  await cells
    .and(page.locator("[data-status=failed]"))
    .nth(MODELS.length - 1)
    .waitFor();
  await cells.locator("img[data-state=shown]").nth(2).waitFor();
  await take(page, "comparison.png", page.getByTestId("grid"));
  await page.context().close();
}

async function feed(browser) {
  const page = await visit(browser, DESK, "dark");
  await go(page, "Feed");
  for (const [index, { message, category }] of MESSAGES.entries()) {
    await page.getByTestId("message").fill(message);
    await page.getByTestId("category").fill(category);
    await page.getByTestId("ask").click();
    const channel = page.getByTestId("channel").filter({ hasText: message }).first();
    await channel
      .and(page.locator(index < MESSAGES.length - 1 ? "[data-status=completed]" : "[data-status=pending]"))
      .waitFor();
  }
  await page
    .getByTestId("content")
    .nth(MESSAGES.length - 2)
    .waitFor();
  await take(page, "feed.png", page.getByTestId("channel").nth(MESSAGES.length - 1));
  await page.context().close();
}

async function phone(browser) {
  const page = await visit(browser, PHONE, "dark");
  const card = await generate(page, { prompt: "Paper lanterns over a river", count: 4 });
  await card.locator("img[data-state=shown]").nth(3).waitFor();
  await page.getByTestId("prompt").fill("");
  await take(page, "phone.png", card);
  await page.context().close();
}

/**
 * The operator's page, with what the others have caused and a webhook that nobody has signed. Ada has to be an operator:
 * AUTH_ADMIN_CLAIMS={"sub":"Ada"} in emulator/worker.env.
 */
async function admin(browser) {
  const page = await visit(browser, DESK, "light");
  await page.goto(`${url}/admin?view=deliveries`);
  const isLive = page.locator("[data-testid=following][data-state=live]");
  await isLive.or(page.getByTestId("refused")).waitFor();
  if (!(await isLive.count())) return console.log("admin.png is left as it is: Ada is no operator here.");
  const headers = { "content-type": "application/json", "webhook-id": "msg_1", "webhook-signature": "v1,AAAA" };
  await fetch(`${url}/webhooks/mynth`, { method: "POST", headers, body: "{}" });
  await page.locator("[data-testid=delivery][data-verdict=bad_signature]").first().waitFor();
  await take(page, "admin.png", page.getByTestId("delivery").nth(11));
  await page.context().close();
}

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) =>
  existsSync(file),
);
const executablePath = process.env.CHROMIUM_PATH ?? usual;
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--disable-gpu"] });
try {
  for (const picture of [gallery, comparison, feed, phone, admin]) await picture(browser);
} finally {
  await browser.close();
}
