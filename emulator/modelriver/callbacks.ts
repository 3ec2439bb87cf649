/**
 * Takes callbacks: who may send one, until when, what goes wrong on purpose, and what came.
 *
 * A callback counts as answered only if its caller was still there to read a 2xx.
 */

import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { chanceOf } from "../chance.ts";
import { bearer, type Call, HANG_UP, json, parseJson, type Reply } from "../http.ts";
import type { Journal } from "../journal.ts";
import type { CallbackPlan } from "./callback_plan.ts";
import type { Channel, ChannelBook } from "./channels.ts";
import type { Keyword } from "./keywords.ts";
import type { ModelRiverOptions } from "./options.ts";
import { isCallback } from "./validation.ts";
import { errorReply } from "./wire.ts";

export interface CallbackRecord {
  callbackId: string;
  /** null when the id is nobody's. */
  channelId: string | null;
  headers: IncomingHttpHeaders;
  /** Parsed where it is JSON, else the text. */
  body: unknown;
  /** When it came, in milliseconds. */
  at: number;
  /** null before the answer, and for good where the caller could read none. */
  status: number | null;
  isTaken: boolean;
  /** It came with the key after another one of the same id had been answered with a 2xx. */
  isRepeated: boolean;
}

const SLOW_MS = 20_000;

const PLANS: Partial<Record<Keyword, CallbackPlan>> = {
  "callback-fails": { status: 503 },
  "callback-fails-twice": { status: 503, times: 2 },
  "callback-slow": { delayMs: SLOW_MS },
  "callback-redirects": { status: 307 },
  "callback-cut": { cut: "before", times: 1 },
  "callback-lost": { cut: "after", times: 1 },
  "callback-expired": { status: 410 },
};

const ERRORS: Readonly<Record<number, object>> = {
  401: errorReply("unauthorized", "The API key is missing or not valid."),
  404: errorReply("not_found", "There is no such callback."),
  410: { error: "expired" },
};

function error(status: number): Reply {
  return json(status, ERRORS[status] ?? errorReply("callback_failed", "The callback could not be taken."));
}

export class CallbackDesk {
  readonly records: CallbackRecord[] = [];
  readonly #options: ModelRiverOptions;
  readonly #journal: Journal;
  readonly #book: ChannelBook;
  readonly #base: () => string;

  constructor(options: ModelRiverOptions, journal: Journal, book: ChannelBook, base: () => string) {
    this.#options = options;
    this.#journal = journal;
    this.#book = book;
    this.#base = base;
  }

  async take(call: Call): Promise<Reply | typeof HANG_UP> {
    const callbackId = call.params.id ?? "";
    const channel = this.#book.byCallback.get(callbackId);
    const isKeyed = bearer(call) === this.#options.apiKey;
    const record: CallbackRecord = {
      callbackId,
      channelId: channel?.id ?? null,
      headers: call.headers,
      body: parseJson(call.body) ?? call.body,
      at: Date.now(),
      status: null,
      isTaken: false,
      isRepeated: isKeyed && channel?.isCalledBack === true,
    };
    this.#journal.add(this.records, record);
    const reply = isKeyed ? await this.#answer(channel, record) : error(401);
    if (reply === HANG_UP || call.isGone()) return HANG_UP;
    record.status = reply.status;
    if (record.isTaken && channel) channel.isCalledBack = true;
    this.#journal.changed();
    return reply;
  }

  async #answer(channel: Channel | undefined, record: CallbackRecord): Promise<Reply | typeof HANG_UP> {
    if (channel === undefined || channel.offeredAt === null) return error(404);
    if (record.at > channel.offeredAt + this.#options.callbackWindowMs) return error(410);
    const plan = this.#plan(channel);
    if (plan?.delayMs) await delay(plan.delayMs, undefined, { ref: false });
    if (plan?.cut === "before") return HANG_UP;
    if (plan?.status !== undefined) return this.#spoil(plan.status, plan.location);
    if (!isCallback(record.body))
      return json(400, errorReply("validation_error", "Send data with id and saved_at, or an error."));
    record.isTaken = true;
    return plan?.cut === "after" ? HANG_UP : json(200, { message: "success", channel_id: channel.id });
  }

  /** What goes wrong this time, if anything does. */
  #plan(channel: Channel): CallbackPlan | undefined {
    const byWord = [...channel.keywords].map((word) => PLANS[word]).find((each) => each !== undefined);
    const plan = channel.callbackPlan ?? byWord ?? this.#options.callbackPlan;
    if (plan === undefined || channel.spoilt >= (plan.times ?? Infinity)) return undefined;
    if (plan.rate !== undefined && chanceOf(`${channel.callbackId} ${this.records.length}`) >= plan.rate)
      return undefined;
    channel.spoilt += 1;
    return plan;
  }

  #spoil(status: number, location = `${this.#base()}/v1/redirected`): Reply {
    const reply = error(status);
    return status >= 300 && status < 400 ? { ...reply, headers: { ...reply.headers, location } } : reply;
  }
}
