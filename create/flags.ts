/** The command line of `npm create taskwire`. */

import { parseArgs } from "node:util";
import { PROVIDERS } from "./providers.ts";
import { SIGN_INS } from "./sign_in.ts";

/** What the flags say. What they leave out is asked for. */
export interface Asked {
  folder: string | undefined;
  providers: string[];
  auth: string | undefined;
  answers: Record<string, string>;
  url: string | undefined;
  yes: boolean;
  install: boolean;
}

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name).join(", ");

export const USAGE = `npm create taskwire@latest FOLDER -- [flags]

  --provider NAME    a provider; may be repeated (${names(PROVIDERS)})
  --auth NAME        who signs users in (${names(SIGN_INS)})
  --set NAME=VALUE   an answer about the sign-in, such as issuer=https://id.example.com; may be repeated
  --url ADDRESS      the https address that the deployment will have
  --yes              asks nothing: what no flag says is left as it is usual
  --no-install       writes the files and installs nothing`;

function known<T extends { name: string }>(flag: string, all: readonly T[], name: string): T {
  const found = all.find((each) => each.name === name);
  if (found) return found;
  throw new Error(`--${flag} ${name} is not known: it is one of ${names(all)}.`);
}

/** Throws an Error fit to be printed. */
export function parseFlags(args: string[]): Asked | "help" {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      provider: { type: "string", multiple: true, default: [] },
      auth: { type: "string" },
      set: { type: "string", multiple: true, default: [] },
      url: { type: "string" },
      yes: { type: "boolean", short: "y", default: false },
      "no-install": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  if (positionals.length > 1) throw new Error(`One folder at a time, not ${positionals.join(" and ")}.`);
  const providers = [...new Set(values.provider.flatMap((each) => each.split(",")))];
  for (const name of providers) known("provider", PROVIDERS, name);
  const signIn = values.auth === undefined ? undefined : known("auth", SIGN_INS, values.auth);
  const answers = Object.fromEntries(values.set.map(pairOf));
  for (const field of Object.keys(answers)) {
    const fields = signIn?.fields ?? SIGN_INS.flatMap((each) => each.fields);
    if (!fields.some(({ name }) => name === field))
      throw new Error(`--set ${field} is nothing that ${signIn?.name ?? "any sign-in"} asks for: ${names(fields)}.`);
  }
  if (values.url !== undefined && !isAddress(values.url))
    throw new Error(
      `--url must be an https address without a path, such as https://tasks.example.com, not ${values.url}.`,
    );
  return {
    folder: positionals[0],
    providers,
    auth: values.auth,
    answers,
    url: values.url?.replace(/\/$/, ""),
    yes: values.yes,
    install: !values["no-install"],
  };
}

function pairOf(text: string): [string, string] {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name && value) return [name, value];
  throw new Error(`--set must be NAME=VALUE, not ${text}.`);
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === "https:" && url.pathname === "/" && url.search === "" && url.hash === "";
}
