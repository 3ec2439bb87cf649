/** What can be set of Mynth: the options, their defaults and their flags. */

import { type Flag, flag, oneOf } from "../flag.ts";
import type { Refusal } from "../refusal.ts";
import { type UsualOptions, usualFlags } from "../usual_options.ts";
import { GENERATIONS, type Generation } from "./generation.ts";
import type { Task } from "./tasks.ts";

export interface MynthOptions extends UsualOptions {
  generation: Generation;
  /**
   * Awaited when a task exists and its create call has no answer yet: what a test does here comes
   * before the reply. If it throws, the connection is cut: accepted, and the answer lost.
   */
  onCreate: ((task: Task) => Promise<void> | void) | undefined;
  refuseCreate: Refusal | undefined;
}

export const MYNTH_DEFAULTS: Readonly<MynthOptions> = {
  webhookUrl: "http://127.0.0.1:8787/webhooks/mynth",
  generation: "g4",
  webhookSecret: "whsec_ZW11bGF0b3Igb25seSwgd29ydGggbm90aGluZw==",
  apiKey: "mak_emulator_only_worth_nothing",
  latencyMs: 2500,
  onCreate: undefined,
  refuseCreate: undefined,
};

export const MYNTH_FLAGS: readonly Flag<MynthOptions>[] = [
  ...usualFlags("Mynth"),
  flag("generation", "Mynth's wire format: g1, g2, g3 or g4", oneOf(GENERATIONS)),
];
