/**
 * `--vars FILE`: the variables of the Worker beside the emulator, such as `.dev.vars`. They say where the emulator
 * listens, where its webhooks go and which pages may sign in, so that a port is written down once.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { type EmulatorOptions, optionsOf, withDefaults } from "./options.ts";
import { PROVIDERS } from "./providers.ts";

/** Beside the sources, and in the package beside dist/. */
const USUAL = ["./worker.env", "../worker.env"].map((path) => new URL(path, import.meta.url));

/** The variables that fit the emulator's defaults. */
export function usualVars(): string {
  const file = USUAL.find((url) => existsSync(url));
  if (file === undefined) throw new Error("worker.env is missing: install @taskwire/emulator again");
  return readFileSync(file, "utf8");
}

function address(name: string, text: string | undefined): URL {
  if (text !== undefined && URL.canParse(text)) return new URL(text);
  throw new Error(`--vars: ${name} must be an address, such as http://127.0.0.1:8788`);
}

/** The options for a Worker that has the variables in `file`, which is made of the usual ones if it is not there. */
export function settingsFrom(file: string): EmulatorOptions {
  if (!existsSync(file)) writeFileSync(file, usualVars());
  const vars = parseEnv(readFileSync(file, "utf8"));
  const issuer = address("AUTH_ISSUER", vars.AUTH_ISSUER);
  const worker = address("PUBLIC_URL", vars.PUBLIC_URL);
  if (issuer.protocol !== "http:")
    throw new Error(`--vars: AUTH_ISSUER must be the emulator's address, not ${issuer.origin}`);
  const options = withDefaults();
  options.host = issuer.hostname;
  options.port = Number(issuer.port || 80);
  const others = ["127.0.0.1", "localhost"].map((host) => `${worker.protocol}//${host}:${worker.port || 80}`);
  options.clientRedirects = [...new Set([worker.origin, ...others])];
  for (const provider of PROVIDERS) {
    const own = optionsOf(provider, options);
    if ("webhookUrl" in own) own.webhookUrl = `${worker.origin}/webhooks/${provider.name}`;
  }
  return options;
}

/** `--vars FILE` or `--vars=FILE`, taken out of the arguments. */
export function takeVarsFlag(args: readonly string[]): { file: string | undefined; rest: string[] } {
  const at = args.findIndex((each) => each === "--vars" || each.startsWith("--vars="));
  if (at < 0) return { file: undefined, rest: [...args] };
  const [, joined] = (args[at] ?? "").split("=", 2);
  const file = joined ?? args[at + 1];
  if (!file) throw new Error("--vars needs the name of a file, such as .dev.vars");
  return { file, rest: [...args.slice(0, at), ...args.slice(at + (joined === undefined ? 2 : 1))] };
}
