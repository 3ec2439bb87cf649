// The browser of the browser tests: the machine's Chromium, or one that is fetched.

import { existsSync } from "node:fs";
import { aptInstall } from "./debian.mjs";
import { inRoot, NODE, which } from "./paths.mjs";
import { run } from "./process.mjs";
import { Stop, step } from "./steps.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PLAYWRIGHT = inRoot("node_modules/playwright-core");

const onMachine = () => NAMES.map((name) => which(name)).find(Boolean) ?? null;

/** Playwright's own browser, where its download has put it. */
async function downloaded() {
  const script = `import { chromium } from ${JSON.stringify(`${PLAYWRIGHT}/index.mjs`)}; console.log(chromium.executablePath());`;
  const { code, output } = await run(NODE, ["--input-type=module", "-e", script], { quiet: true, check: false });
  const file = output.trim();
  return code === 0 && existsSync(file) ? file : null;
}

async function find() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen && !existsSync(chosen)) throw new Stop(`CHROMIUM_PATH names ${chosen}, which does not exist.`);
  return chosen || onMachine() || (await downloaded());
}

/** Makes a Chromium ready and returns its path; the tests read it from CHROMIUM_PATH. */
export async function ensureChromium() {
  let path = null;
  await step("Chromium", async () => {
    path = await find();
    if (path) return path;
    const reason = await aptInstall(["chromium"]);
    if (reason) await run(NODE, [`${PLAYWRIGHT}/cli.js`, "install", "chromium"], { quiet: true, check: false });
    path = await find();
    if (path) return path;
    throw new Stop(
      `No Chromium for the browser tests (${reason ?? "not found"}): install one, or set CHROMIUM_PATH to yours.`,
    );
  });
  return path;
}
