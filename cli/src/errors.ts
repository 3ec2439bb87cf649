/** How a command ends: its exit code, and one sentence. Pure. */

import { CommanderError } from "commander";
import { TaskwireError } from "../../client/src/error.ts";

export const EXIT = { ok: 0, error: 1, usage: 2, auth: 3, rateLimited: 6 } as const;

/** An error with a sentence for the person at the terminal. */
export class Failure extends Error {
  readonly exit: number;

  constructor(message: string, exit: number = EXIT.error) {
    super(message);
    this.name = "Failure";
    this.exit = exit;
  }
}

/** The arguments cannot be followed. */
export const usage = (message: string) => new Failure(message, EXIT.usage);

export interface Ending {
  exit: number;
  /** For programs. */
  code: string;
  message: string;
}

/** The system's name for what went wrong with a connection, such as ECONNREFUSED. */
export function systemCode(error: unknown): string | undefined {
  for (let each = error as { code?: unknown; cause?: unknown } | undefined; each; each = each.cause as typeof each)
    if (typeof each.code === "string" && /^[A-Z][A-Z_]+$/.test(each.code)) return each.code;
  return undefined;
}

/** Why no answer came, in a few words. */
export function whyNoAnswer(error: unknown): string {
  let last: Error | undefined;
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.name === "TimeoutError") return "no answer in time";
    last = each;
  }
  return systemCode(error) ?? last?.message ?? "no connection";
}

const named = ({ message, issues }: TaskwireError) => {
  const details = issues.filter(({ path }) => path).map(({ path, message: why }) => `${path} ${why}`);
  return details.length > 0 ? `${message} ${details.join("; ")}.` : message;
};

function ofCall(error: TaskwireError, base: string): Ending {
  const { status, code } = error;
  if (status === 0) return { exit: EXIT.error, code, message: `${base} cannot be reached (${whyNoAnswer(error)}).` };
  const message = named(error);
  if (status === 401 || status === 403) return { exit: EXIT.auth, code, message };
  if (status === 429) return { exit: EXIT.rateLimited, code, message };
  // The deployment found an argument wrong that was passed on to it.
  if (status === 422) return { exit: EXIT.usage, code, message };
  return { exit: EXIT.error, code, message };
}

const CODES: Record<number, string> = { [EXIT.usage]: "usage", [EXIT.auth]: "unauthorized" };

/** `base` is the address of the deployment. */
export function endingOf(error: unknown, base: string): Ending {
  if (error instanceof Failure) return { exit: error.exit, code: CODES[error.exit] ?? "error", message: error.message };
  if (error instanceof TaskwireError) return ofCall(error, base);
  if (error instanceof CommanderError) {
    const said = error.message.replace(/^error: /, "").replace(/(?<![.?)])$/, ".");
    const message = said.charAt(0).toUpperCase() + said.slice(1);
    return { exit: error.exitCode === 0 ? EXIT.ok : EXIT.usage, code: "usage", message };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exit: EXIT.error, code: systemCode(error) ?? "error", message };
}
