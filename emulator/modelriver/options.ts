/** What can be set of ModelRiver, and the defaults, which are those of worker.env. */

import type { Refusal } from "../options.ts";
import type { CallbackPlan } from "./callbacks.ts";
import type { Channel } from "./channels.ts";
import { RETRY_DELAYS_MS } from "./schedule.ts";

export const SCHEMES = ["a", "b"] as const;
/** How a webhook is signed: `a` as the documentation says, `b` as the sample servers check it. */
export type Scheme = (typeof SCHEMES)[number];

export interface ModelRiverOptions {
  /** The webhook registered with the provider; empty for none. A request's own comes before it. */
  webhookUrl: string;
  webhookSecret: string;
  scheme: Scheme;
  /** For the API, and for callbacks. */
  apiKey: string;
  /** How long a request takes, up to a tenth more or less. */
  latencyMs: number;
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
