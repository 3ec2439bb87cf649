/** Posts one thing to one place, and again until it is taken. */

import { whyNoAnswer } from "./errors.ts";
import { pauseAfter } from "./follow.ts";
import { pause } from "./io.ts";

export interface Letter {
  url: string;
  body: string;
  /** Signed anew at each attempt, in Unix seconds. */
  headers(seconds: number): Record<string, string>;
}

export interface Forwarded {
  url: string;
  /** Null: no answer. */
  status: number | null;
  error: string | null;
  ms: number;
  attempts: number;
  isTaken: boolean;
}

export interface Forwarding {
  /** Goes on with the next after one that was not taken. */
  skips: boolean;
  say(text: string): void;
  signal: AbortSignal;
}

const ANSWER_WITHIN_MS = 30_000;
/** What is under way when it is stopped may still be answered: otherwise it would come again. */
const GRACE_MS = 5_000;

type Try = Pick<Forwarded, "status" | "error" | "ms">;

async function post({ url, body, headers }: Letter, signal: AbortSignal): Promise<Try> {
  const begun = performance.now();
  const cut = new AbortController();
  const atStop = () => void setTimeout(() => cut.abort(), GRACE_MS).unref();
  signal.addEventListener("abort", atStop, { once: true });
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: headers(Math.floor(Date.now() / 1000)),
      redirect: "manual",
      signal: AbortSignal.any([cut.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    await response.body?.cancel();
    return { status: response.status, error: null, ms: Math.round(performance.now() - begun) };
  } catch (error) {
    return { status: null, error: whyNoAnswer(error), ms: Math.round(performance.now() - begun) };
  } finally {
    signal.removeEventListener("abort", atStop);
  }
}

/** Undefined: it was stopped before it was taken. */
export async function forward(letter: Letter, { skips, say, signal }: Forwarding): Promise<Forwarded | undefined> {
  for (let attempts = 1; !signal.aborted; attempts++) {
    const tried = await post(letter, signal);
    const isTaken = tried.status !== null && tried.status >= 200 && tried.status < 300;
    if (isTaken || skips) return { url: letter.url, ...tried, attempts, isTaken };
    const said = tried.status === null ? `cannot be reached (${tried.error})` : `has answered ${tried.status}`;
    const ms = pauseAfter(attempts);
    if (!signal.aborted) say(`${letter.url} ${said}: again in ${ms / 1000} s. What comes after waits.`);
    await pause(ms, signal);
  }
  return undefined;
}
