/** What all commands share: which deployment, with which key, and how to print. */

import { baseIn, isLoopback, USUAL_URL } from "./address.ts";
import { type TaskwireAdmin, taskwireAdmin } from "./api.ts";
import { EXIT, Failure, usage } from "./errors.ts";
import type { Io } from "./io.ts";
import { Output } from "./output.ts";
import { adminKeyIn, Settings, varsIn } from "./vars.ts";

export interface GlobalOptions {
  url?: string;
  json?: boolean;
}

export const KEY = "TASKWIRE_KEY";

/** Whether a header can carry it. */
export const isKey = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

export class Context {
  readonly io: Io;
  readonly base: string;
  readonly output: Output;
  /** From the environment, then from the project's `.dev.vars`. */
  readonly settings: Settings;
  /** The deployment is on this machine. */
  readonly isLocal: boolean;

  constructor(io: Io, { url, json = false }: GlobalOptions) {
    this.io = io;
    this.output = new Output({ isJson: json, ...io });
    const [address, name] = url === undefined ? [io.env.TASKWIRE_URL || USUAL_URL, "TASKWIRE_URL"] : [url, "--url"];
    this.base = baseIn(address, name);
    this.isLocal = isLoopback(this.base);
    this.settings = new Settings(io.env, varsIn(io.folder));
    if (!this.isLocal && new URL(this.base).protocol === "http:")
      this.output.warn(`${this.base} is not encrypted: whoever is on the way can read the key.`);
  }

  /** The server key, and where it is from. That of a project's `.dev.vars` is for this machine alone. */
  key(): { value: string; name: string } | undefined {
    const own = this.io.env[KEY]?.trim();
    if (own) return { value: own, name: KEY };
    const keys = this.isLocal ? this.settings.find("TASKWIRE_SERVER_KEYS") : undefined;
    const value = adminKeyIn(keys?.value);
    return keys && value ? { value, name: `the key in ${keys.from}` } : undefined;
  }

  admin(): TaskwireAdmin {
    const key = this.key();
    if (!key) throw new Failure(`${KEY} is not set: it takes a server key with the scope admin.`, EXIT.auth);
    if (!isKey(key.value)) throw new Failure(`${key.name} is no server key: those are visible ASCII.`, EXIT.auth);
    return taskwireAdmin({ baseUrl: this.base, getToken: () => key.value });
  }

  /** Goes on at once on this machine. Anywhere else somebody has to say yes. */
  async confirm(question: string, yes: boolean): Promise<void> {
    if (this.isLocal || yes) return;
    if (!this.io.hasTerminal) throw usage(`${question} There is no terminal to ask in: give --yes.`);
    if (!(await this.io.ask(question))) throw new Failure("Nothing was done.");
  }
}
