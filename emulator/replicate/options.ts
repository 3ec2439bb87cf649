/** What can be set of Replicate: the options, their defaults and their flags. */

import { FILLED, type Flag, flag, number } from "../flag.ts";
import type { Refusal } from "../refusal.ts";
import type { Run } from "../runs.ts";

export interface ReplicateOptions {
  /** The bearer token of the API. */
  apiKey: string;
  webhookSecret: string;
  /** How long a prediction takes, up to a tenth more or less. */
  latencyMs: number;
  /** How long the outputs of a prediction are kept after its end. */
  keptMs: number;
  /** Whether the list of predictions says where their webhooks go. */
  listsWebhooks: boolean;
  /**
   * Awaited when a prediction exists and its create call has no answer yet. If it throws, the connection is cut:
   * accepted, and the answer lost.
   */
  onCreate: ((run: Run) => Promise<void> | void) | undefined;
  refuseCreate: Refusal | undefined;
}

export const REPLICATE_DEFAULTS: Readonly<ReplicateOptions> = {
  apiKey: "r8_emulator_only_worth_nothing",
  webhookSecret: "whsec_ZW11bGF0b3Igb25seSwgYSBzZWNvbmQgb25l",
  latencyMs: 4000,
  keptMs: 3_600_000,
  listsWebhooks: true,
  onCreate: undefined,
  refuseCreate: undefined,
};

export const REPLICATE_FLAGS: readonly Flag<ReplicateOptions>[] = [
  flag("apiKey", "the bearer token Replicate accepts", FILLED),
  flag("webhookSecret", "signs Replicate's webhooks", FILLED),
  flag("latencyMs", "how long a prediction takes", number(0)),
  flag("keptMs", "how long a prediction's outputs are kept", number(0)),
];
