/**
 * What can be set: every option, its default, and its command-line flag.
 *
 * Owns names and defaults only. The defaults are those of worker.env, so that a Worker started
 * with that file and an emulator started with no flags understand each other.
 */

import { parseArgs } from "node:util";
import type { Task } from "./mynth/tasks.ts";

export const GENERATIONS = ["g1", "g2", "g3", "g4"] as const;
/** The four wire formats Mynth has had; g4 is what it sends today. */
export type Generation = (typeof GENERATIONS)[number];

/** Makes the create call answer this instead of starting a task. */
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
  /** Multiplies the retry schedule: 0.01 makes 5 s into 50 ms. */
  retryScale: number;
  /** Origins a sign-in may return to. */
  clientRedirects: string[];
  /** false: a task stays pending, and nothing is sent, until `deliver` or `finish` is called. */
  autoDeliver: boolean;
  /**
   * Awaited when a task exists and its create call has no answer yet: what a test does here comes
   * before the reply. If it throws, the connection is cut: accepted, and the answer lost.
   */
  onCreate: ((task: Task) => Promise<void> | void) | undefined;
  refuseCreate: Refusal | undefined;
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
};

interface Flag {
  name: string;
  means: string;
  /** The value in effect, as the flag would be written. */
  show(options: EmulatorOptions): string;
  /** Throws an Error with a sentence for people when the value cannot be used. */
  take(options: EmulatorOptions, value: string): void;
}

function number(name: string, value: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const parsed = Number(value);
  if (value.trim() === "" || !(parsed >= least && parsed <= most)) {
    throw new Error(`--${name} must be a number from ${least} up, not "${value}"`);
  }
  return parsed;
}

/** One table for parsing, for --help and for the index page. */
export const FLAGS: readonly Flag[] = [
  {
    name: "port",
    means: "port to listen on, 0 for any free one",
    show: (options) => String(options.port),
    take: (options, value) => {
      options.port = Math.trunc(number("port", value, 0, 65535));
    },
  },
  {
    name: "host",
    means: "address to listen on",
    show: (options) => options.host,
    take: (options, value) => {
      options.host = value;
    },
  },
  {
    name: "webhook-url",
    means: "the registered webhook, empty for none",
    show: (options) => options.webhookUrl,
    take: (options, value) => {
      if (value !== "" && !URL.canParse(value)) throw new Error(`--webhook-url is not a URL: "${value}"`);
      options.webhookUrl = value;
    },
  },
  {
    name: "generation",
    means: "wire format: g1, g2, g3 or g4",
    show: (options) => options.generation,
    take: (options, value) => {
      const known = GENERATIONS.find((generation) => generation === value);
      if (!known) throw new Error(`--generation must be one of ${GENERATIONS.join(", ")}`);
      options.generation = known;
    },
  },
  {
    name: "webhook-secret",
    means: "signs webhooks",
    show: (options) => options.webhookSecret,
    take: (options, value) => {
      if (value === "") throw new Error("--webhook-secret must not be empty");
      options.webhookSecret = value;
    },
  },
  {
    name: "api-key",
    means: "the bearer key the API accepts",
    show: (options) => options.apiKey,
    take: (options, value) => {
      if (value === "") throw new Error("--api-key must not be empty");
      options.apiKey = value;
    },
  },
  {
    name: "latency-ms",
    means: "how long a task takes",
    show: (options) => String(options.latencyMs),
    take: (options, value) => {
      options.latencyMs = number("latency-ms", value, 0);
    },
  },
  {
    name: "retry-scale",
    means: "multiplies the retry schedule (0.01: 5 s becomes 50 ms)",
    show: (options) => String(options.retryScale),
    take: (options, value) => {
      options.retryScale = number("retry-scale", value, 0);
    },
  },
  {
    name: "client-redirects",
    means: "origins a sign-in may return to, separated by commas",
    show: (options) => options.clientRedirects.join(","),
    take: (options, value) => {
      options.clientRedirects = value.split(",").map((each) => each.trim()).filter(Boolean);
    },
  },
];

/** Options from the command line; throws an Error fit to be printed. */
export function parseFlags(args: string[]): EmulatorOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: "boolean", short: "h" },
      ...Object.fromEntries(FLAGS.map((flag) => [flag.name, { type: "string" as const }])),
    },
  });
  if (values.help) return "help";
  const options = { ...DEFAULTS };
  for (const flag of FLAGS) {
    const value = (values as Record<string, string | boolean | undefined>)[flag.name];
    if (typeof value === "string") flag.take(options, value);
  }
  return options;
}

export function helpText(): string {
  const lines = FLAGS.map((flag) => {
    const name = `  --${flag.name}`.padEnd(22);
    return `${name}${flag.means}\n${" ".repeat(22)}(${flag.show(DEFAULTS) || "none"})`;
  });
  return [
    "Stands in for the image provider Mynth and for an OIDC issuer, over real HTTP.",
    "",
    "node emulator/main.ts [flags]",
    "",
    ...lines,
    "",
    "Its index page, /, lists the words in a prompt that make a task go wrong.",
  ].join("\n");
}
