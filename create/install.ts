/** `npm install` in a new project. Without a network, it says what could not be had. */

import { spawn } from "node:child_process";

/** npm by the road it was started with, so that a version manager's choice holds. */
function npm(): [command: string, args: string[]] {
  const script = process.env.npm_execpath;
  return script && /npm-cli\.[cm]?js$/.test(script) ? [process.execPath, [script]] : ["npm", []];
}

/** Fewer tries than usual: whoever is offline should hear it soon. */
const ARGS = ["install", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"];

/** What could not be had and why, from what npm has said. */
export function reasonOf(output: string): string {
  const [, url] = /request to (\S+) failed/.exec(output) ?? [];
  const [, missing] = /404\s+'?(@?[^\s'@]+(?:@[^\s']+)?)'? is not in/.exec(output) ?? [];
  const [, code] = /^npm (?:error|ERR!) code (\S+)/m.exec(output) ?? [];
  if (missing) return `the registry does not have ${missing}`;
  if (url) return `${url} could not be reached${code ? ` (${code})` : ""}`;
  const [line] = /^npm (?:error|ERR!) (?!code ).+/m.exec(output) ?? [];
  return line?.replace(/^npm (?:error|ERR!) /, "") ?? "npm install failed";
}

/** Undefined when all is there; otherwise why not. */
export function install(folder: string): Promise<string | undefined> {
  const [command, args] = npm();
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, [...args, ...ARGS], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    child.once("error", (error) => resolve(`npm cannot be run (${error.message})`));
    child.once("close", (code) => resolve(code === 0 ? undefined : reasonOf(output)));
  });
}
