/**
 * Replicate at work: takes a prediction, lets it take its time, sends its events.
 *
 * An event is the prediction as it is, without an envelope. The last one is tried again for a minute, the others never.
 */

import { randomBytes } from "node:crypto";
import type { Context } from "../context.ts";
import type { Try } from "../courier.ts";
import type { Json } from "../json.ts";
import { mutated, Outbox, type SendOptions } from "../outbox.ts";
import { redirected, runItsCourse } from "../run_course.ts";
import { end, goOn, isOver, type Run, RunBook } from "../runs.ts";
import { standardHeaders } from "../signing.ts";
import type { ReplicateOptions } from "./options.ts";
import { prediction, written } from "./wire.ts";

/** What an attempt's record says of its event. */
export interface About {
  predictionId: string;
  /** The prediction's status when it was sent. */
  said: string;
}

export type Attempt = About & Try;

/** How a test has an event sent. */
export interface DeliverOptions extends SendOptions {
  /** Ends a prediction so, before its event is sent. */
  outcome?: "succeeded" | "failed" | "canceled";
  /** Lets it come so far instead. */
  progress?: number;
}

/** Between the tries of the last event: about a minute in all. */
const RETRY_DELAYS_MS = [2000, 4000, 8000, 16_000, 30_000];

export class Replicate {
  readonly book = new RunBook();
  readonly outbox: Outbox<About>;
  readonly #options: ReplicateOptions;
  readonly #context: Context;

  constructor(options: ReplicateOptions, context: Context) {
    this.#options = options;
    this.#context = context;
    this.outbox = new Outbox(context);
  }

  /** The API's address. */
  get base(): string {
    return `${this.#context.base()}/v1`;
  }

  start(model: string, input: Json, webhook: string | undefined, filter: readonly string[]): Run {
    const id = randomBytes(13).toString("hex");
    const run = this.book.add(id, model, input, webhook, this.#options.latencyMs);
    const copies = run.keywords.has("twice") ? 2 : 1;
    const tells = !run.keywords.has("lost");
    const isEarlyEnd = run.keywords.has("reordered");
    const late: string[] = [];
    runItsCourse(run, this.#context, {
      onStep: () => {
        if (!tells || !filter.includes("logs")) return;
        // What comes in the wrong order was written when it happened.
        if (isEarlyEnd) late.push(written(this.read(run)));
        else void this.#send(run, written(this.read(run)), { copies });
      },
      onEnd: async () => {
        if (!tells) return;
        await this.#send(run, written(this.read(run)), { copies, retry: true });
        for (const body of late.reverse()) await this.#send(run, body, { copies });
      },
    });
    this.#context.journal.changed();
    return run;
  }

  read(run: Run): Json {
    return prediction(run, this.base, this.#options.keptMs);
  }

  /** Cancels a prediction, if it is not too late. */
  cancel(run: Run): void {
    if (isOver(run) || run.keywords.has("stubborn")) return;
    end(run, "canceled");
    this.#context.journal.changed();
    if (this.#context.options.autoDeliver && !run.keywords.has("lost")) void this.deliver(run.id, { retry: true });
  }

  finish(id: string, outcome?: DeliverOptions["outcome"]): Run {
    const run = this.book.find(id);
    end(run, outcome);
    this.#context.journal.changed();
    return run;
  }

  /** Sends an event of the prediction now: the last one, unless it is to come only so far. */
  async deliver(id: string, how: DeliverOptions = {}): Promise<Attempt[]> {
    const run = this.book.find(id);
    if (how.progress === undefined) end(run, how.outcome);
    else goOn(run, how.progress);
    this.#context.journal.changed();
    return this.#send(run, written(mutated(this.read(run), how)), how);
  }

  async #send(run: Run, body: string, how: SendOptions): Promise<Attempt[]> {
    const webhook = how.url ?? (run.webhook === undefined ? undefined : redirected(run.webhook, this.#context));
    if (webhook === undefined) return [];
    const id = `msg_${randomBytes(12).toString("base64url")}`;
    const secret = how.secret ?? this.#options.webhookSecret;
    const headers = (timestamp: number) => ({
      "content-type": "application/json",
      "user-agent": "Replicate-Webhooks (emulator)",
      ...standardHeaders(secret, id, timestamp, body),
    });
    const about: About = { predictionId: run.id, said: run.status };
    return this.outbox.send({ about, url: webhook, body, headers, delays: RETRY_DELAYS_MS }, how);
  }
}
