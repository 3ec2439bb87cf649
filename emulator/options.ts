/**
 * What can be set: every option and its default. A provider's own are Mynth's unless they are
 * under its name.
 *
 * The defaults are those of worker.env, so that a Worker started with that file and an emulator
 * started with no flags understand each other.
 */

import { MODELRIVER_DEFAULTS, type ModelRiverOptions } from "./modelriver/options.ts";
import type { Task } from "./mynth/tasks.ts";

export const GENERATIONS = ["g1", "g2", "g3", "g4"] as const;
/** The four wire formats Mynth has had; g4 is what it sends today. */
export type Generation = (typeof GENERATIONS)[number];

/** Makes a start call answer this instead of starting anything. */
export interface Refusal {
  status: number;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, as text/html, instead of `body`. */
  raw?: string;
  delayMs?: number;
  headers?: Record<string, string>;
}

export interface EmulatorOptions {
  /** 0 takes any free port. */
  port: number;
  host: string;
  /** The webhook registered with the provider; empty for none. */
  webhookUrl: string;
  generation: Generation;
  webhookSecret: string;
  apiKey: string;
  /** How long a task takes; each image spreads it by up to a tenth either way. */
  latencyMs: number;
  /** Multiplies both providers' retry schedules: 0.01 makes 5 s into 50 ms. */
  retryScale: number;
  /** Origins a sign-in may return to. */
  clientRedirects: string[];
  /** false: a task or a channel stays pending, and nothing is sent, until `deliver` or `finish` is called. */
  autoDeliver: boolean;
  /**
   * Awaited when a task exists and its create call has no answer yet: what a test does here comes
   * before the reply. If it throws, the connection is cut: accepted, and the answer lost.
   */
  onCreate: ((task: Task) => Promise<void> | void) | undefined;
  refuseCreate: Refusal | undefined;
  /** Changed field by field. */
  readonly modelriver: ModelRiverOptions;
}

export const DEFAULTS: Readonly<EmulatorOptions> = {
  port: 8788,
  host: "127.0.0.1",
  webhookUrl: "http://127.0.0.1:8787/webhooks/mynth",
  generation: "g4",
  webhookSecret: "whsec_ZW11bGF0b3Igb25seSwgd29ydGggbm90aGluZw==",
  apiKey: "mak_emulator_only_worth_nothing",
  latencyMs: 2500,
  retryScale: 1,
  clientRedirects: ["http://127.0.0.1:8787", "http://localhost:8787"],
  autoDeliver: true,
  onCreate: undefined,
  refuseCreate: undefined,
  modelriver: MODELRIVER_DEFAULTS,
};

/** Any of the options, at any depth. */
export type EmulatorSettings = Partial<Omit<EmulatorOptions, "modelriver">> & {
  modelriver?: Partial<ModelRiverOptions>;
};

/** Options of their own: changing them changes no default. */
export function withDefaults(given: EmulatorSettings = {}): EmulatorOptions {
  return { ...DEFAULTS, ...given, modelriver: { ...DEFAULTS.modelriver, ...given.modelriver } };
}
