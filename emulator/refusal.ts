/**
 * Refusals of a start call, the same for every provider: set by a test, for a validation issue, or by a keyword in the
 * request.
 *
 * The shape of an error is the provider's own.
 */

import { setTimeout as delay } from "node:timers/promises";
import { html, json, type Reply } from "./http.ts";
import type { Issue } from "./rules.ts";

/** Set by a test: a start call answers this instead of starting anything. */
export interface Refusal {
  status: number;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, as text/html, instead of `body`. */
  raw?: string;
  delayMs?: number;
  headers?: Record<string, string>;
}

export const REFUSING_WORDS = {
  "refuse-402": "the start call is refused: insufficient balance",
  "refuse-429": "the start call is refused: too many requests",
  "refuse-500": "the start call is refused: internal error",
  "refuse-html": "the start call is answered by an HTML page, as from a broken proxy",
} as const;

const PROXY_PAGE = "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>";

const REFUSALS: Readonly<Record<string, [status: number, code: string, message: string]>> = {
  "refuse-402": [402, "insufficient_balance", "The balance is too low for this task."],
  "refuse-429": [429, "rate_limited", "Too many requests."],
  "refuse-500": [500, "internal_error", "Something went wrong."],
};

/** An error in the provider's shape. */
export type Fail = (
  status: number,
  code: string,
  message: string,
  more?: { headers?: Record<string, string>; issues?: readonly Issue[] },
) => Reply;

/** For a call with no key or a wrong one. */
export function unauthorized(fail: Fail): Reply {
  return fail(401, "unauthorized", "The API key is missing or not valid.");
}

export async function refuse(refusal: Refusal): Promise<Reply> {
  if (refusal.delayMs) await delay(refusal.delayMs, undefined, { ref: false });
  const reply =
    refusal.raw === undefined
      ? json(refusal.status, (refusal.body ?? {}) as object)
      : html(refusal.status, refusal.raw);
  return { ...reply, headers: { ...reply.headers, ...refusal.headers } };
}

/** The reply for the first of the words that refuses, if one does. */
function refusalBy(words: ReadonlySet<string>, fail: Fail): Reply | undefined {
  if (words.has("refuse-html")) return html(502, PROXY_PAGE);
  for (const word of words) {
    const refusal = REFUSALS[word];
    if (refusal) return fail(...refusal, refusal[0] === 429 ? { headers: { "retry-after": "1" } } : {});
  }
  return undefined;
}

/** The reply that refuses a request, if it is refused. `words` is asked only when there are no issues. */
export function objection(issues: Iterable<Issue>, words: () => ReadonlySet<string>, fail: Fail): Reply | undefined {
  const found = [...issues];
  if (found.length > 0) return fail(400, "validation_error", "The request is not valid.", { issues: found });
  return refusalBy(words(), fail);
}
