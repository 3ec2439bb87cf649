/** fal at work: queues a request, lets it take its time, and sends one webhook at the end. */

import { randomBytes, randomUUID } from "node:crypto";
import type { Context } from "../context.ts";
import type { Try } from "../courier.ts";
import type { Json } from "../json.ts";
import { mutated, Outbox, type SendOptions } from "../outbox.ts";
import { redirected, runItsCourse } from "../run_course.ts";
import { end, goOn, isOver, type Run, RunBook } from "../runs.ts";
import type { FalOptions } from "./options.ts";
import { headersOf, keyOf, type SigningKey } from "./signing.ts";
import { webhook, written } from "./wire.ts";

export interface About {
  requestId: string;
}

export type Attempt = About & Try;

export interface DeliverOptions extends SendOptions {
  /** Ends a request so, before its webhook is sent. */
  outcome?: "succeeded" | "failed" | "canceled";
  /** Signs with another key than the newest. */
  key?: SigningKey;
}

const MINUTE = 60_000;
/** Ten more tries, in two hours. */
const RETRY_DELAYS_MS = [0.1, 0.5, 1, 2, 5, 10, 15, 20, 30, 36].map((minutes) => minutes * MINUTE);

export class Fal {
  readonly book = new RunBook();
  readonly outbox: Outbox<About>;
  /** The newest signs. */
  readonly keys: SigningKey[] = [keyOf("key-1", randomBytes(32))];
  readonly #options: FalOptions;
  readonly #context: Context;

  constructor(options: FalOptions, context: Context) {
    this.#options = options;
    this.#context = context;
    this.outbox = new Outbox(context);
  }

  get base(): string {
    return this.#context.base();
  }

  submit(model: string, input: Json, hook: string | undefined): Run {
    const run = this.book.add(randomUUID(), model, input, hook, this.#options.latencyMs);
    const copies = run.keywords.has("twice") ? 2 : 1;
    runItsCourse(run, this.#context, {
      onEnd: () => {
        if (!run.keywords.has("lost")) void this.#send(run, { copies, retry: true });
      },
    });
    this.#context.journal.changed();
    return run;
  }

  /** What a cancellation comes to: one that waits is gone, one that runs may stop, one that is over stays. */
  cancel(run: Run): [status: number, said: string] {
    if (isOver(run)) return [400, "ALREADY_COMPLETED"];
    const waits = run.status === "waiting";
    if (!run.keywords.has("stubborn")) {
      end(run, "canceled");
      this.#context.journal.changed();
      // What was only waiting is forgotten, and nothing is said of it.
      if (!waits && this.#context.options.autoDeliver && !run.keywords.has("lost"))
        void this.#send(run, { retry: true });
    }
    return waits && !run.keywords.has("stubborn") ? [200, "OK"] : [202, "CANCELLATION_REQUESTED"];
  }

  step(id: string, progress: number): Run {
    const run = this.book.find(id);
    goOn(run, progress);
    this.#context.journal.changed();
    return run;
  }

  finish(id: string, outcome?: DeliverOptions["outcome"]): Run {
    const run = this.book.find(id);
    end(run, outcome);
    this.#context.journal.changed();
    return run;
  }

  async deliver(id: string, how: DeliverOptions = {}): Promise<Attempt[]> {
    return this.#send(this.finish(id, how.outcome), how);
  }

  async #send(run: Run, how: DeliverOptions): Promise<Attempt[]> {
    const url = how.url ?? (run.webhook === undefined ? undefined : redirected(run.webhook, this.#context));
    if (url === undefined) return [];
    const body = written(mutated(webhook(run), how));
    const key = how.key ?? (this.keys.at(-1) as SigningKey);
    const headers = (timestamp: number) => ({
      "content-type": "application/json",
      "user-agent": "fal-webhooks (emulator)",
      ...headersOf({ requestId: run.id, userId: "user_emulator", timestamp, body }, key),
    });
    return this.outbox.send({ about: { requestId: run.id }, url, body, headers, delays: RETRY_DELAYS_MS }, how);
  }
}
