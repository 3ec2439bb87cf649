/**
 * Sends one webhook to one place, and again on the schedule until it is taken.
 *
 * Signs every attempt afresh. Knows nothing of tasks but their id, nor of what a body means.
 */

import type { Generation } from "../options.ts";
import { jitter, retryDelays } from "./schedule.ts";
import { signHex, signStandard } from "./signing.ts";

/** The provider's own patience, never scaled: a slow receiver must stay as slow as it is. */
const ANSWER_WITHIN_MS = 30_000;

/** What a test may still change once it is signed. */
export interface Sealed {
  headers: Record<string, string>;
  body: string;
}

export interface Parcel {
  taskId: string;
  event: string;
  /** The same on every attempt. */
  id: string;
  url: string;
  body: string;
  generation: Generation;
  /** null for a per-request webhook, which is never signed. */
  secret: string | null;
  /** Multiplies the schedule; null tries once. */
  retryScale: number | null;
  /** Unix seconds to sign with, instead of the time of the attempt. */
  signedAt?: number;
  tamper?: (sealed: Sealed) => void;
}

/** One try, as it went. */
export interface Attempt {
  taskId: string;
  event: string;
  id: string;
  /** From 1. */
  attempt: number;
  url: string;
  signed: boolean;
  generation: Generation;
  headers: Record<string, string>;
  body: string;
  /** When it began, in milliseconds. */
  at: number;
  /** null when no answer came; `error` says why. */
  status: number | null;
  error: string | null;
}

/** The headers of one attempt: which there are tells the generations apart. */
function seal(parcel: Parcel, now: number): Sealed {
  const headers: Record<string, string> = { "content-type": "application/json", "user-agent": "Mynth-Webhooks (emulator)" };
  const timestamp = parcel.signedAt ?? Math.floor(now / 1000);
  if (parcel.generation === "g4") {
    if (parcel.secret !== null) {
      headers["webhook-id"] = parcel.id;
      headers["webhook-timestamp"] = String(timestamp);
      headers["webhook-signature"] = signStandard(parcel.secret, parcel.id, timestamp, parcel.body);
    }
  } else {
    headers["x-mynth-event"] = parcel.event;
    if (parcel.generation === "g3") headers["x-mynth-delivery"] = parcel.id;
    if (parcel.secret !== null) headers["x-mynth-signature"] = signHex(parcel.secret, timestamp, parcel.body);
  }
  const sealed = { headers, body: parcel.body };
  parcel.tamper?.(sealed);
  return sealed;
}

export class Courier {
  readonly #record: (attempt: Attempt) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #flights = new Set<AbortController>();
  #isClosed = false;

  constructor(record: (attempt: Attempt) => void) {
    this.#record = record;
  }

  /** Resolves when the first attempt has its answer; retries go on after that. */
  async send(parcel: Parcel): Promise<Attempt> {
    return this.#attempt(parcel, 1);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const flight of this.#flights) flight.abort(new Error("the emulator closed"));
  }

  async #attempt(parcel: Parcel, attempt: number): Promise<Attempt> {
    const at = Date.now();
    const { taskId, event, id, url, generation } = parcel;
    const { headers, body } = seal(parcel, at);
    const outcome = await this.#post(url, headers, body);
    const record = { taskId, event, id, attempt, url, signed: parcel.secret !== null, generation, headers, body, at, ...outcome };
    const isTaken = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
    if (!isTaken) this.#retryLater(parcel, attempt);
    this.#record(record);
    return record;
  }

  #retryLater(parcel: Parcel, attempt: number): void {
    const delay = retryDelays(parcel.generation)[attempt - 1];
    if (this.#isClosed || parcel.retryScale === null || delay === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#attempt(parcel, attempt + 1);
    }, jitter(delay) * parcel.retryScale);
    this.#timers.add(timer.unref());
  }

  async #post(url: string, headers: Record<string, string>, body: string): Promise<{ status: number | null; error: string | null }> {
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
