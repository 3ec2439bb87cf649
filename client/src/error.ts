// The one error that this package throws.
import type { ApiErrorBody, Issue } from "./wire.ts";

/**
 * Whatever went wrong, in the contract's words. Three codes are ours: `network_error` (no answer came; the request
 * may have arrived all the same), `aborted` (by your own signal), and `http_<status>` (an answer of somebody between).
 */
export class TaskwireError extends Error {
  declare readonly code: string;
  /** The HTTP status; 0 where there was no answer. */
  declare readonly status: number;
  declare readonly issues: Issue[];

  constructor(status: number, code: string, message: string, issues: Issue[] = [], cause?: unknown) {
    super(message, { cause });
    Object.assign(this, { name: "TaskwireError", status, code, issues });
  }
}

export function readError(status: number, body: unknown): TaskwireError {
  const { code, message, issues } = (body as Partial<ApiErrorBody> | null)?.error ?? {};
  return new TaskwireError(status, code ?? `http_${status}`, message ?? `The server answered with ${status}.`, issues);
}

/** Asking again gives the same answer: it is gone, it is another's, the session is over. */
export function isFinal(error: unknown): error is TaskwireError {
  return [401, 403, 404].includes((error as TaskwireError | undefined)?.status as number);
}
