/**
 * Posts one webhook to one place, and again after each of its waits until it is taken.
 *
 * Seals every attempt afresh. Knows no provider: who sends says how it is signed and how long to wait.
 */

import type { Timers } from "./timers.ts";

/** Never scaled: a slow receiver must stay as slow as it is. */
const ANSWER_WITHIN_MS = 30_000;

/** Headers and body of one attempt, signed. */
export interface Sealed {
  headers: Record<string, string>;
  body: string;
}

export interface Parcel {
  url: string;
  /** What goes out on the attempt that begins now. */
  seal(now: number): Sealed;
  /** Milliseconds until the try after this one, from 1; undefined when there is none. */
  waitAfter(attempt: number): number | undefined;
}

/** One try, as it went. */
export interface Try {
  /** From 1. */
  attempt: number;
  url: string;
  headers: Record<string, string>;
  body: string;
  /** When it began, in milliseconds. */
  at: number;
  /** null when no answer came; `error` says why. */
  status: number | null;
  error: string | null;
}

/** A try, and whether it was the last one: not taken, and none to come. */
export type Returned = Try & { isLast: boolean };

export class Courier {
  readonly #timers: Timers;
  readonly #flights = new Set<AbortController>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** `record` hears of every attempt. Resolves when the first has its answer; retries go on after that. */
  send<T>(parcel: Parcel, record: (returned: Returned) => T): Promise<T> {
    return this.#attempt(parcel, record, 1);
  }

  /** Aborts what is under way. Retries end with the timers. */
  close(): void {
    for (const flight of this.#flights) flight.abort(new Error("the emulator closed"));
  }

  async #attempt<T>(parcel: Parcel, record: (returned: Returned) => T, attempt: number): Promise<T> {
    const at = Date.now();
    const { url } = parcel;
    const { headers, body } = parcel.seal(at);
    const outcome = await this.#post(url, headers, body);
    const isTaken = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
    const wait = isTaken ? undefined : parcel.waitAfter(attempt);
    if (wait !== undefined) this.#timers.after(wait, () => void this.#attempt(parcel, record, attempt + 1));
    return record({ attempt, url, headers, body, at, ...outcome, isLast: !isTaken && wait === undefined });
  }

  async #post(
    url: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<{ status: number | null; error: string | null }> {
    const flight = new AbortController();
    const timer = setTimeout(() => flight.abort(new Error("no answer in 30 s")), ANSWER_WITHIN_MS).unref();
    this.#flights.add(flight);
    try {
      const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal: flight.signal });
      await response.arrayBuffer(); // frees the connection
      return { status: response.status, error: null };
    } catch (error) {
      const { message, cause } = error as Error;
      return { status: null, error: cause instanceof Error ? `${message}: ${cause.message}` : message };
    } finally {
      clearTimeout(timer);
      this.#flights.delete(flight);
    }
  }
}
