/** What can be set of fal: the options, their defaults and their flags. */

import { FILLED, type Flag, flag, number } from "../flag.ts";
import type { Refusal } from "../refusal.ts";
import type { Run } from "../runs.ts";

export interface FalOptions {
  apiKey: string;
  /** How long a request takes, up to a tenth more or less. */
  latencyMs: number;
  /** Whether the key set is there: false answers 503. */
  servesKeys: boolean;
  /**
   * Awaited when a request exists and its submission has no answer yet. If it throws, the connection is cut: accepted,
   * and the answer lost.
   */
  onSubmit: ((run: Run) => Promise<void> | void) | undefined;
  refuseSubmit: Refusal | undefined;
}

export const FAL_DEFAULTS: Readonly<FalOptions> = {
  apiKey: "fal_emulator_only:worth_nothing",
  latencyMs: 4000,
  servesKeys: true,
  onSubmit: undefined,
  refuseSubmit: undefined,
};

export const FAL_FLAGS: readonly Flag<FalOptions>[] = [
  flag("apiKey", "the key fal accepts", FILLED),
  flag("latencyMs", "how long a request takes", number(0)),
];
