/** The options that have a command-line flag: how each is read, shown and explained. */

import { parseArgs } from "node:util";
import { SCHEMES } from "./modelriver/options.ts";
import { DEFAULTS, type EmulatorOptions, GENERATIONS, withDefaults } from "./options.ts";

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

function filled(name: string, value: string): string {
  if (value === "") throw new Error(`--${name} must not be empty`);
  return value;
}

/** A URL, or nothing. */
function address(name: string, value: string): string {
  if (value !== "" && !URL.canParse(value)) throw new Error(`--${name} is not a URL: "${value}"`);
  return value;
}

function oneOf<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const known = words.find((word) => word === value);
  if (!known) throw new Error(`--${name} must be one of ${words.join(", ")}`);
  return known;
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
    means: "Mynth's registered webhook, empty for none",
    show: (options) => options.webhookUrl,
    take: (options, value) => {
      options.webhookUrl = address("webhook-url", value);
    },
  },
  {
    name: "generation",
    means: "Mynth's wire format: g1, g2, g3 or g4",
    show: (options) => options.generation,
    take: (options, value) => {
      options.generation = oneOf("generation", value, GENERATIONS);
    },
  },
  {
    name: "webhook-secret",
    means: "signs Mynth's webhooks",
    show: (options) => options.webhookSecret,
    take: (options, value) => {
      options.webhookSecret = filled("webhook-secret", value);
    },
  },
  {
    name: "api-key",
    means: "the bearer key Mynth's API accepts",
    show: (options) => options.apiKey,
    take: (options, value) => {
      options.apiKey = filled("api-key", value);
    },
  },
  {
    name: "latency-ms",
    means: "how long a task of Mynth's takes",
    show: (options) => String(options.latencyMs),
    take: (options, value) => {
      options.latencyMs = number("latency-ms", value, 0);
    },
  },
  {
    name: "retry-scale",
    means: "multiplies the retry schedules (0.01: 5 s becomes 50 ms)",
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
      options.clientRedirects = value
        .split(",")
        .map((each) => each.trim())
        .filter(Boolean);
    },
  },
  {
    name: "modelriver-webhook-url",
    means: "ModelRiver's registered webhook, empty for none",
    show: ({ modelriver }) => modelriver.webhookUrl,
    take: ({ modelriver }, value) => {
      modelriver.webhookUrl = address("modelriver-webhook-url", value);
    },
  },
  {
    name: "modelriver-scheme",
    means: "how ModelRiver signs: a (the body) or b (the time and the body's data)",
    show: ({ modelriver }) => modelriver.scheme,
    take: ({ modelriver }, value) => {
      modelriver.scheme = oneOf("modelriver-scheme", value, SCHEMES);
    },
  },
  {
    name: "modelriver-webhook-secret",
    means: "signs ModelRiver's webhooks",
    show: ({ modelriver }) => modelriver.webhookSecret,
    take: ({ modelriver }, value) => {
      modelriver.webhookSecret = filled("modelriver-webhook-secret", value);
    },
  },
  {
    name: "modelriver-api-key",
    means: "the bearer key ModelRiver's API and callbacks accept",
    show: ({ modelriver }) => modelriver.apiKey,
    take: ({ modelriver }, value) => {
      modelriver.apiKey = filled("modelriver-api-key", value);
    },
  },
  {
    name: "modelriver-latency-ms",
    means: "how long a request to ModelRiver takes",
    show: ({ modelriver }) => String(modelriver.latencyMs),
    take: ({ modelriver }, value) => {
      modelriver.latencyMs = number("modelriver-latency-ms", value, 0);
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
  const options = withDefaults();
  for (const flag of FLAGS) {
    const value = (values as Record<string, string | boolean | undefined>)[flag.name];
    if (typeof value === "string") flag.take(options, value);
  }
  return options;
}

export function helpText(): string {
  const lines = FLAGS.map((flag) => {
    const name = `  --${flag.name}`.padEnd(31);
    return `${name}${flag.means}\n${" ".repeat(31)}(${flag.show(DEFAULTS) || "none"})`;
  });
  return [
    "Stands in for the providers Mynth and ModelRiver and for an OIDC issuer, over real HTTP.",
    "",
    "node emulator/main.ts [flags]",
    "",
    ...lines,
    "",
    "Its index page, /, lists the words in a prompt or a message that make things go wrong.",
  ].join("\n");
}
