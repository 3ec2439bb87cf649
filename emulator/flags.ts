/** The command line: the flags of the emulator and of its providers, how they are read, and what --help says. */

import { parseArgs } from "node:util";
import { isTopLevel } from "./compatibility.ts";
import { FILLED, type Flag, flag, LIST, type Notation, number, TEXT, whole } from "./flag.ts";
import { DEFAULTS, type EmulatorOptions, optionsOf, withDefaults } from "./options.ts";
import type { EmulatedProvider } from "./provider.ts";
import { PROVIDERS } from "./providers.ts";
import { planOf } from "./receiver/plan.ts";
import type { SharedOptions } from "./shared_options.ts";

/** Steps separated by commas. */
const PLAN: Notation<string> = {
  show: String,
  read: (text) => {
    planOf(text);
    return text;
  },
};

const SHARED_FLAGS: readonly Flag<SharedOptions>[] = [
  flag("port", "port to listen on, 0 for any free one", whole(0, 65535)),
  flag("host", "address to listen on", TEXT),
  flag("retryScale", "multiplies the retry schedules (0.01: 5 s becomes 50 ms)", number(0)),
  flag("receiverSecret", "verifies the events that come to /receiver", FILLED),
  flag("receiverPlan", "what attempts at an event meet, as in 500,429:2,301,timeout,reset,lost,410", PLAN),
  flag("clientRedirects", "origins a sign-in may return to, separated by commas", LIST),
];

/** Where the second column of --help begins. */
const COLUMN = 31;

/** A provider's flags, as flags of the whole. */
function flagsOf(provider: EmulatedProvider): Flag<EmulatorOptions>[] {
  const prefix = isTopLevel(provider) ? "" : `${provider.name}-`;
  return provider.flags.map((own) => ({
    name: prefix + own.name,
    means: own.means,
    show: (options) => own.show(optionsOf(provider, options)),
    take: (options, value) => own.take(optionsOf(provider, options), value),
  }));
}

/** One table for parsing, for --help and for the index page. */
export function allFlags(providers: readonly EmulatedProvider[]): readonly Flag<EmulatorOptions>[] {
  return [...SHARED_FLAGS, ...providers.flatMap(flagsOf)];
}

export const FLAGS = allFlags(PROVIDERS);

/** What the emulator stands in for, as part of a sentence. */
export function standsInFor(providers: readonly EmulatedProvider[]): string {
  const all = [...providers.map(({ role, title }) => `${role} ${title}`), "an OIDC issuer"];
  return new Intl.ListFormat("en-GB").format(all);
}

function take(options: EmulatorOptions, { name, take }: Flag<EmulatorOptions>, value: string): void {
  try {
    take(options, value);
  } catch (error) {
    throw new Error(`--${name} ${(error as Error).message}`, { cause: error });
  }
}

/** `options` as the command line changes them; throws an Error fit to be printed. */
export function parseFlags(args: string[], options = withDefaults()): EmulatorOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: "boolean", short: "h" },
      ...Object.fromEntries(FLAGS.map((each) => [each.name, { type: "string" as const }])),
    },
  });
  if (values.help) return "help";
  for (const each of FLAGS) {
    const value = (values as Record<string, string | boolean | undefined>)[each.name];
    if (typeof value === "string") take(options, each, value);
  }
  return options;
}

export function helpText(): string {
  const lines = FLAGS.map(({ name, means, show }) => {
    const label = `  --${name}`.padEnd(COLUMN);
    return `${label}${means}\n${" ".repeat(COLUMN)}(${show(DEFAULTS) || "none"})`;
  });
  return [
    `Stands in for ${standsInFor(PROVIDERS)}, over real HTTP.`,
    "",
    "taskwire-emulator [flags] [-- command]",
    "",
    ...lines,
    `${"  --vars".padEnd(COLUMN)}the variables of the Worker beside it, as in .dev.vars: where to listen and to send to`,
    `${" ".repeat(COLUMN)}(none; the file is made if it is not there)`,
    "",
    "The command runs beside the emulator, which ends with it: taskwire-emulator --vars .dev.vars -- wrangler dev",
    "",
    "Its index page, /, lists the words in a request that make things go wrong.",
  ].join("\n");
}
