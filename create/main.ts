/** `npm create taskwire`: asks, writes the files, installs, and says what comes next. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { intro, log, note, outro, spinner } from "@clack/prompts";
import type { Base } from "./base.ts";
import { type Choice, webhooksOf } from "./choice.ts";
import { choose, Left } from "./choose.ts";
import { filesOf } from "./files.ts";
import { parseFlags, USAGE } from "./flags.ts";
import { install } from "./install.ts";
import { missingOf } from "./readme.ts";

const base = (): Base => JSON.parse(readFileSync(new URL("base.json", import.meta.url), "utf8"));

/** What exists is never written to, not even an empty folder: it may be somebody's. */
const obstacle = (folder: string) => (existsSync(folder) ? "exists already: choose another name" : undefined);

function write(folder: string, files: Map<string, string>): void {
  // Fails if somebody was faster.
  mkdirSync(dirname(resolve(folder)), { recursive: true });
  mkdirSync(folder);
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  }
}

function nextSteps(folder: string, choice: Choice, isInstalled: boolean): string {
  const missing = missingOf(choice);
  const commands = [`cd ${relative(".", folder)}`, ...(isInstalled ? [] : ["npm install"]), "npm run dev"];
  const later = missing.length > 0 ? [`Before you deploy, fill in ${missing.join(", ")} in wrangler.jsonc.`] : [];
  return [...commands, "", ...later, "README.md has the three steps to a deployment."].join("\n");
}

async function run(args: string[]): Promise<number> {
  const asked = parseFlags(args);
  if (asked === "help") {
    console.log(USAGE);
    return 0;
  }
  if (!asked.yes && !process.stdin.isTTY)
    throw new Error("There is no terminal to ask in: give --yes, and flags for what should not be as usual.");
  intro("taskwire");
  const { folder, choice } = await choose(asked, obstacle);
  write(folder, filesOf(choice, base()));
  log.success(`${folder} is written`);

  let reason: string | undefined;
  if (asked.install) {
    const wait = process.stdout.isTTY ? spinner() : undefined;
    wait?.start("npm install");
    reason = await install(folder);
    const said = reason === undefined ? "the packages are installed" : "the packages are not installed";
    if (wait) wait.stop(said);
    else log.step(said);
  }
  if (reason !== undefined)
    log.warn(`${reason}. The project is complete but for its packages: go on with npm install, once that can be had.`);
  note(nextSteps(folder, choice, asked.install && reason === undefined), "next");
  // Not in a box: these are to be copied.
  const webhooks = webhooksOf(choice).map(({ address, where }) => `${address}\n  in ${where}`);
  if (webhooks.length > 0) log.info(["Once it is deployed, register its webhooks:", ...webhooks].join("\n"));
  outro("https://github.com/taskwire/taskwire");
  return reason === undefined ? 0 : 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Left)) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
