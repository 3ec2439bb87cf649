/** What can be set of ModelRiver: the options, their defaults and their flags. */

import { type Flag, flag, oneOf } from "../flag.ts";
import type { Refusal } from "../refusal.ts";
import { type UsualOptions, usualFlags } from "../usual_options.ts";
import type { CallbackPlan } from "./callback_plan.ts";
import type { Channel } from "./channels.ts";
import { RETRY_DELAYS_MS } from "./schedule.ts";
import { SCHEMES, type Scheme } from "./scheme.ts";

/** `apiKey` is for callbacks too. A request's own webhook comes before `webhookUrl`. */
export interface ModelRiverOptions extends UsualOptions {
  scheme: Scheme;
  /** Milliseconds between the tries of a webhook that is not taken; `retryScale` multiplies them. */
  retryDelaysMs: readonly number[];
  /** How long after a webhook its callback is taken. */
  callbackWindowMs: number;
  /** What goes wrong with callbacks, of channels that have no plan of their own. */
  callbackPlan: CallbackPlan | undefined;
  /**
   * Awaited when a channel exists and its start call has no answer yet. If it throws, the
   * connection is cut: accepted, and the answer lost.
   */
  onStart: ((channel: Channel) => Promise<void> | void) | undefined;
  refuseStart: Refusal | undefined;
}

export const MODELRIVER_DEFAULTS: Readonly<ModelRiverOptions> = {
  webhookUrl: "http://127.0.0.1:8787/webhooks/modelriver",
  webhookSecret: "emulator-only-modelriver-webhook-secret",
  scheme: "a",
  apiKey: "mr_live_emulator_only_worth_nothing",
  latencyMs: 1000,
  retryDelaysMs: RETRY_DELAYS_MS,
  callbackWindowMs: 300_000,
  callbackPlan: undefined,
  onStart: undefined,
  refuseStart: undefined,
};

export const MODELRIVER_FLAGS: readonly Flag<ModelRiverOptions>[] = [
  ...usualFlags("ModelRiver"),
  flag("scheme", "how ModelRiver signs: a (the body) or b (the time and the body's data)", oneOf(SCHEMES)),
];
