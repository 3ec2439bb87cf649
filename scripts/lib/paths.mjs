// Where things are: the project's root, the folders the scripts write, and the
// environment every child gets. Knows no tool and starts nothing.

import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");

/** Machine-local state: the emulated cloud's data, stamps, logs. Git-ignored, safe to delete. */
export const LOCAL = join(ROOT, ".local");

/** Tools built for this checkout (worker-build, wasm-bindgen). Git-ignored; dear to rebuild. */
export const TOOLS = resolve(ROOT, process.env.TASKWIRE_TOOLS ?? ".tools");

export const NODE_BIN = join(ROOT, "node_modules/.bin");

/**
 * The Node that runs TypeScript and wrangler: the one package-lock.json pins,
 * because the machine's own may be too old for either.
 */
export const NODE = join(NODE_BIN, "node");

export const inRoot = (...parts) => join(ROOT, ...parts);

/** The environment of every child: the project's own binaries first, no questions, no metrics. */
export function childEnv(extra = {}) {
  return {
    ...process.env,
    PATH: [NODE_BIN, process.env.PATH].join(delimiter),
    WRANGLER_SEND_METRICS: "false",
    NO_UPDATE_NOTIFIER: "1",
    ...extra,
  };
}

/** Full path of `name` in PATH, or null. `path` may put other folders first. */
export function which(name, path = process.env.PATH ?? "") {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    if (folder && existsSync(file)) return file;
  }
  return null;
}
