/**
 * The app's own backend, as the Worker's events reach it: verifies each attempt with the package that receivers use,
 * fails by a plan, and keeps what came.
 */

import { setTimeout as delay } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { type Call, HANG_UP, json, parseJson, type Reply } from "../http.ts";
import type { Journal } from "../journal.ts";
import { planOf, type Step, TAKES } from "./plan.ts";

/** What an event says. */
export interface Told {
  type?: string;
  timestamp?: string;
  data?: Record<string, unknown>;
  id?: string;
}

/** One attempt at an event. */
export interface Received {
  /** `webhook-id`, or the id in a message. */
  id: string;
  /** Which receiver: the last part of its path, or an empty text. */
  name: string;
  /** When it came, in milliseconds. */
  at: number;
  /** `webhook-timestamp`, in seconds by the sender's clock. */
  timestamp: number;
  body: Told | null;
  /** null where the connection was cut. */
  status: number | null;
  /** Why the signature was refused; null if it is good. */
  refused: string | null;
  /** Whether the receiver has acted on it, whatever the sender has heard. */
  isTaken: boolean;
  /** Whether a 2xx was sent for it before. */
  isRepeated: boolean;
}

export interface ReceiverOptions {
  /** Verifies events: `whsec_…`. */
  receiverSecret: string;
  /** What each attempt at one event meets. */
  receiverPlan: string;
}

/** What tests look at and do. */
export interface ReceiverControl {
  /** Every attempt, oldest first. */
  readonly received: readonly Received[];
  /** Plans of single receivers, by name, instead of the common one. */
  readonly plans: Map<string, string>;
  /** Takes an event that came on another road, such as a queue. */
  take(name: string, message: Told): Promise<Received>;
  /** Awaited when an attempt has come and has no answer yet. */
  onReceived: ((received: Received) => Promise<void> | void) | undefined;
}

/** Longer than a sender waits. */
const TIMEOUT_MS = 40_000;
/** A sender's clock may be ahead in a test: the signature is checked by its own time. */
const TOLERANCE = "Message timestamp";

export class Receiver implements ReceiverControl {
  readonly received: Received[] = [];
  readonly plans = new Map<string, string>();
  onReceived: ReceiverControl["onReceived"];
  readonly #options: ReceiverOptions;
  readonly #journal: Journal;

  constructor(options: ReceiverOptions, journal: Journal) {
    this.#options = options;
    this.#journal = journal;
  }

  async handle(call: Call): Promise<Reply | typeof HANG_UP> {
    const { params, headers, body } = call;
    const name = params.name ?? "";
    const id = String(headers["webhook-id"] ?? "");
    const refused = this.#refused(headers as Record<string, string>, body);
    const tried = this.received.filter((each) => each.id === id && each.name === name && each.refused === null).length;
    const step = refused === null ? this.#step(name, tried) : ({ do: "answer", status: 401 } satisfies Step);
    const status = step.do === "answer" ? step.status : null;
    const isTaken = step.do === "lost" || (status !== null && status < 300);
    const received = this.#keep({
      id,
      name,
      at: Date.now(),
      timestamp: Number(headers["webhook-timestamp"]),
      body: (parseJson(body) as Told | undefined) ?? null,
      status,
      refused,
      isTaken,
    });
    await this.onReceived?.(received);
    switch (step.do) {
      case "answer":
        return this.#answer(step);
      case "timeout":
        await delay(TIMEOUT_MS, undefined, { ref: false });
        return HANG_UP;
      case "reset":
      case "lost":
        return HANG_UP;
    }
  }

  async take(name: string, message: Told): Promise<Received> {
    const timestamp = Math.floor(Date.now() / 1000);
    const known = { id: message.id ?? "", name, at: Date.now(), timestamp, body: message };
    const received = this.#keep({ ...known, status: 200, refused: null, isTaken: true });
    await this.onReceived?.(received);
    return received;
  }

  #keep(attempt: Omit<Received, "isRepeated">): Received {
    const isRepeated = this.received.some(
      ({ id, name, status, isTaken }) => id === attempt.id && name === attempt.name && isTaken && status !== null,
    );
    const received = { ...attempt, isRepeated };
    this.#journal.add(this.received, received);
    return received;
  }

  #step(name: string, tried: number): Step {
    return planOf(this.plans.get(name) ?? this.#options.receiverPlan)[tried] ?? TAKES;
  }

  #answer({ status, retryAfter }: Step & { do: "answer" }): Reply {
    const headers: Record<string, string> = {};
    if (retryAfter !== undefined) headers["retry-after"] = retryAfter;
    if (status >= 300 && status < 400) headers.location = "/receiver/elsewhere";
    return json(status, { received: status < 300 }, headers);
  }

  #refused(headers: Record<string, string>, body: string): string | null {
    try {
      new Webhook(this.#options.receiverSecret).verify(body, headers);
      return null;
    } catch (error) {
      const { message } = error as Error;
      // The package checks the time first. With a clock that a test has moved, the signature still counts.
      return message.startsWith(TOLERANCE) ? this.#refusedAtItsTime(headers, body) : message;
    }
  }

  #refusedAtItsTime(headers: Record<string, string>, body: string): string | null {
    const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
    const own = new Webhook(this.#options.receiverSecret).sign(headers["webhook-id"] ?? "", at, body);
    return headers["webhook-signature"]?.split(" ").includes(own) ? null : "No matching signature found";
  }
}
