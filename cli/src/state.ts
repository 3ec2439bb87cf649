/** How far a listener has come, in a file. */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { Failure } from "./errors.ts";

export interface Position {
  /** Where the page begins that is worked on. Null: at the oldest. */
  cursor: string | null;
  /** The time from which on things are read. A cursor is good for the same time only. */
  since?: string | undefined;
  /** The id up to which all was known at the beginning. */
  after?: string | undefined;
  /** What is done of that page, by its ids. */
  done: string[];
}

export const START: Position = { cursor: null, done: [] };

/** `$XDG_STATE_HOME/taskwire`, or where that is usually. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  const given = env.XDG_STATE_HOME;
  return join(given && isAbsolute(given) ? given : join(homedir(), ".local", "state"), "taskwire");
}

/** What tells one listener from another. */
export interface Listener {
  url: string;
  stream: "deliveries" | "events";
  filter: Record<string, string | undefined>;
  target: string | undefined;
}

/** The name begins with the host, so that a person can recognize the file. */
export function stateFile(folder: string, { url, stream, filter, target }: Listener): string {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  const text = JSON.stringify([url, stream, given.sort(), target ?? null]);
  const host = new URL(url).host.replace(/[^\w.-]/g, "_");
  return join(folder, `${stream}-${host}-${createHash("sha256").update(text).digest("hex").slice(0, 16)}.json`);
}

function isPosition(value: unknown): value is Position {
  const { cursor, since, after, done } = (value ?? {}) as Partial<Record<keyof Position, unknown>>;
  const isText = (each: unknown) => typeof each === "string";
  return (
    (cursor === null || isText(cursor)) &&
    (since === undefined || isText(since)) &&
    (after === undefined || (typeof after === "string" && /^\d+$/.test(after))) &&
    Array.isArray(done) &&
    done.every(isText)
  );
}

export class StateFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  read(): Position | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      const value: unknown = JSON.parse(text);
      if (isPosition(value)) return value;
    } catch {
      // It is said below.
    }
    throw new Failure(`${this.path} cannot be read: give --from start or --from now to begin anew.`);
  }

  /** As a whole or not at all. */
  write(position: Position): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const written = `${this.path}.${process.pid}`;
    writeFileSync(written, `${JSON.stringify(position)}\n`, { mode: 0o600, flush: true });
    renameSync(written, this.path);
  }
}
