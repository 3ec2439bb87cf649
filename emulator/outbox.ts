/**
 * Sends a provider's webhooks and keeps a record of every attempt.
 *
 * What is sent and how it is signed is the provider's. Copies, retries, and all that a test may change are the same
 * for every provider.
 */

import type { Context } from "./context.ts";
import type { Parcel, Sealed, Try } from "./courier.ts";
import type { Json } from "./json.ts";

/** One webhook to one place. `About` is what the record of an attempt says of it. */
export interface Letter<About> {
  about: About;
  url: string;
  body: string;
  /** All headers of an attempt, signed with that time, in Unix seconds. */
  headers(timestamp: number): Record<string, string>;
  /** Milliseconds from one try to the next, before scaling. */
  delays: readonly number[];
  /** Changes each delay as it comes up, so that retries of several webhooks do not come at once. */
  jitter?(delay: number): number;
  /** Told when a try begins, in milliseconds. */
  onTry?(now: number): void;
}

/** How a test has one webhook sent. Providers add options of their own. */
export interface SendOptions {
  /** Sent at the same time, each the same event. */
  copies?: number;
  /** Changes the body before it is signed, in place or by returning another. */
  mutate?: ((body: Json) => Json) | ((body: Json) => void);
  /** Changes headers and body after signing. */
  tamper?: (sealed: Sealed) => void;
  /** Unix seconds to sign with, instead of the time of the attempt. */
  signedAt?: number;
  secret?: string;
  /** Instead of every place it would go to. */
  url?: string;
  /** true follows the retry schedule; otherwise each copy is tried once. */
  retry?: boolean;
}

export interface ReplayOptions {
  /** Sent at the same time. */
  copies?: number;
  url?: string;
}

/** The draft as `mutate` leaves it. */
export function mutated(draft: Json, { mutate }: SendOptions): Json {
  return mutate?.(draft) ?? draft;
}

export class Outbox<About extends object> {
  /** Every attempt that has its answer, oldest first. */
  readonly deliveries: (About & Try)[] = [];
  /** The last attempt of each webhook that was retried and never taken. */
  readonly deadLetters: (About & Try)[] = [];
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Resolves with the first attempt of each copy. */
  send(letter: Letter<About>, how: SendOptions = {}): Promise<(About & Try)[]> {
    const { url, body, delays, jitter = (delay) => delay } = letter;
    const { retryScale } = this.#context.options;
    const seal = (now: number) => {
      letter.onTry?.(now);
      const sealed = { headers: letter.headers(how.signedAt ?? Math.floor(now / 1000)), body };
      how.tamper?.(sealed);
      return sealed;
    };
    const waitAfter = (attempt: number) => {
      const delay = how.retry ? delays[attempt - 1] : undefined;
      return delay === undefined ? undefined : jitter(delay) * retryScale;
    };
    return this.#copies({ url, seal, waitAfter }, letter.about, how);
  }

  /** Sends what an earlier attempt sent, to the byte and with its old signature. */
  replay(attempt: About & Try, how: ReplayOptions = {}): Promise<(About & Try)[]> {
    const { headers, body } = attempt;
    const parcel = { url: how.url ?? attempt.url, seal: () => ({ headers, body }), waitAfter: () => undefined };
    return this.#copies(parcel, attempt, how);
  }

  #copies(parcel: Parcel, about: About, { copies = 1, retry = false }: SendOptions): Promise<(About & Try)[]> {
    const { courier, journal } = this.#context;
    const send = () =>
      courier.send(parcel, ({ isLast, ...made }) => {
        const attempt = { ...about, ...made };
        if (retry && isLast) this.deadLetters.push(attempt);
        journal.add(this.deliveries, attempt);
        return attempt;
      });
    return Promise.all(Array.from({ length: copies }, send));
  }
}
