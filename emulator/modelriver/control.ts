/** ModelRiver as tests see it: what it has in its book, what came and went, and what they may make it do. */

import type { ReplayOptions } from "../outbox.ts";
import type { CallbackPlan } from "./callback_plan.ts";
import type { CallbackRecord } from "./callbacks.ts";
import type { AsyncRequest, Channel, Form, Outcome } from "./channels.ts";
import type { Attempt } from "./delivery.ts";
import type { DeliverOptions, ModelRiver } from "./provider.ts";

export type {
  AsyncRequest,
  Attempt,
  CallbackPlan,
  CallbackRecord,
  Channel,
  DeliverOptions,
  Form,
  Outcome,
  ReplayOptions,
};

/** What a test may look at and do. */
export interface ModelRiverControl {
  /** By channel id, oldest first. */
  channels: ReadonlyMap<string, Channel>;
  /** Every webhook attempt that has its answer, oldest first. */
  deliveries: readonly Attempt[];
  /** The last attempt of each webhook that was never taken. */
  deadLetters: readonly Attempt[];
  /** Every callback from the moment it came, oldest first. */
  callbacks: readonly CallbackRecord[];
  /** Callbacks of an id that had been answered with a 2xx before: none, if all is well. */
  readonly repeated: number;
  /** Starts a request without HTTP, as the start call does. */
  start(request: AsyncRequest): Channel;
  /** Sends a channel's webhook now, settling it first; resolves with each copy's first attempt. */
  deliver(channelId: string, how?: DeliverOptions): Promise<Attempt[]>;
  /** Sends what an attempt sent once more, to the byte. */
  replay(attempt: Attempt, how?: ReplayOptions): Promise<Attempt[]>;
  /** Settles a channel and sends nothing. */
  finish(channelId: string, outcome?: Outcome): Channel;
  /** Where its callback is taken, as its webhook says; 404 before a webhook has said it. */
  callbackUrl(channelId: string): string;
}

export function controlOf(modelriver: ModelRiver): ModelRiverControl {
  const { book, desk, outbox } = modelriver;
  return {
    channels: book.byId,
    deliveries: outbox.deliveries,
    deadLetters: outbox.deadLetters,
    callbacks: desk.records,
    get repeated() {
      return desk.records.filter((record) => record.isRepeated).length;
    },
    start: (request) => modelriver.start(request),
    deliver: (channelId, how) => modelriver.deliver(channelId, how),
    replay: (attempt, how) => modelriver.replay(attempt, how),
    finish: (channelId, outcome) => modelriver.finish(channelId, outcome),
    callbackUrl: (channelId) => modelriver.callbackUrl(channelId),
  };
}
