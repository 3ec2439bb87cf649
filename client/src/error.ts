// The error of this package.
import type { ApiErrorBody, Issue } from "./wire.ts";

/**
 * Every failed call throws this. The code is the server's, except for three: `network_error` (there was no answer; the
 * request may have arrived all the same), `aborted` (by your own signal), and `http_<status>` (the answer did not come
 * from the server but, for example, from a proxy).
 */
export class TaskwireError extends Error {
  declare readonly code: string;
  /** The HTTP status, or 0 if there was no answer. */
  declare readonly status: number;
  declare readonly issues: Issue[];
  /** When the limit that refused begins anew: an ISO 8601 time. */
  declare readonly resetsAt: string | undefined;

  constructor(status: number, code: string, message: string, issues: Issue[] = [], cause?: unknown) {
    super(message, { cause });
    Object.assign(this, { name: "TaskwireError", status, code, issues });
  }
}

export function readError(status: number, body: unknown): TaskwireError {
  const { code, message, issues, resetsAt } = (body as Partial<ApiErrorBody> | null)?.error ?? {};
  const said = message ?? `The server answered with ${status}.`;
  return Object.assign(new TaskwireError(status, code ?? `http_${status}`, said, issues), resetsAt && { resetsAt });
}

/** The error of a value that was erased while it was watched. */
export const erased = (): TaskwireError => new TaskwireError(404, "not_found", "It was deleted.");

/** The cause of an error where nobody is signed in, so that nothing was asked. */
export const SIGNED_OUT = "no token";

/** A retry would get the same answer: not signed in, not allowed, or not found. */
export function isFinal(error: unknown): error is TaskwireError {
  return [401, 403, 404].includes((error as TaskwireError | undefined)?.status as number);
}
