/** Secrets and settings: from the environment, and from the `.dev.vars` of a project. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

export const VARS_FILE = ".dev.vars";

export interface Setting {
  value: string;
  from: "the environment" | typeof VARS_FILE;
}

export class Settings {
  readonly #env: NodeJS.ProcessEnv;
  readonly #vars: NodeJS.Dict<string>;

  constructor(env: NodeJS.ProcessEnv, vars: NodeJS.Dict<string>) {
    this.#env = env;
    this.#vars = vars;
  }

  /** Empty counts as not set. */
  find(name: string): Setting | undefined {
    const inEnvironment = this.#env[name]?.trim();
    if (inEnvironment) return { value: inEnvironment, from: "the environment" };
    const inFile = this.#vars[name]?.trim();
    return inFile ? { value: inFile, from: VARS_FILE } : undefined;
  }

  /** The first of the listed secrets. Several are listed during a rotation, and the first one signs. */
  secret(name: string): Setting | undefined {
    const found = this.find(name);
    const [first] = found?.value.split(/[\s,]+/).filter(Boolean) ?? [];
    return found && first ? { ...found, value: first } : undefined;
  }
}

/** What a project's file says; nothing where there is none. */
export function varsIn(folder: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(join(folder, VARS_FILE), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/** The first key with the scope `admin` in the text of `TASKWIRE_SERVER_KEYS`. */
export function adminKeyIn(text: string | undefined): string | undefined {
  try {
    const keys = JSON.parse(text ?? "[]") as { key?: unknown; scopes?: unknown }[];
    const found = keys.find(({ scopes }) => Array.isArray(scopes) && scopes.includes("admin"))?.key;
    return typeof found === "string" ? found : undefined;
  } catch {
    return undefined;
  }
}
