/** The new project's wrangler.jsonc. */

import type { Base } from "./base.ts";
import type { Choice } from "./choice.ts";
import { commentedOut, type Entry, print } from "./jsonc.ts";
import { variablesOf } from "./sign_in.ts";

const PACKAGE = "node_modules/@taskwire/worker";

/** Where `wrangler dev` listens: the emulator sends its webhooks there. */
const LOCAL = { ip: "127.0.0.1", port: 8787 };

export function variables({ providers, signIn, answers, url }: Choice): Entry[] {
  const issuer = variablesOf(signIn, answers).map(({ name, value, example }) => ({
    key: name,
    value,
    about: value === "" ? `For example: ${example}` : undefined,
  }));
  const [first, ...others] = issuer;
  const who = signIn.name === "other" ? "an OIDC issuer, exactly as in the tokens' iss" : signIn.title;
  const intro = `Who signs your users in: ${who}.`;
  return [
    ...(first ? [{ ...first, about: [intro, first.about].filter(Boolean).join(" ") }] : []),
    ...others,
    {
      key: "AUTH_CLIENT_ID",
      value: "",
      about: "The client id of taskwire's own page at that issuer. Your own app does not need it.",
    },
    {
      key: "ALLOWED_ORIGINS",
      value: "",
      about: "The origins of your app's pages, separated by spaces: they may call the API and open sockets.",
    },
    { key: "PUBLIC_URL", value: url, about: "The address at which this deployment is reached." },
    {
      key: "LIMITS",
      value: "",
      about: "What each user may start and spend, as JSON. Empty: 60 starts a minute and 50 running tasks.",
    },
    {
      key: "RETENTION_DAYS",
      value: "",
      about: "How many days settled tasks are kept, from 1 to 3650. Empty: for ever.",
    },
    {
      key: "DELIVERY_LOG",
      value: "",
      about: '"off": webhooks are not logged in D1 for eight days.',
    },
    ...providers.flatMap((provider) =>
      provider.variables.map(({ name, value, about }) => ({ key: name, value, about })),
    ),
  ];
}

const database = (name: string) => [{ binding: "DB", database_name: name, migrations_dir: `${PACKAGE}/migrations` }];

/** What a second environment has of its own: wrangler inherits the rest. */
function staging(choice: Choice, base: Base): Entry[] {
  const own: Entry[] = [
    { key: "vars", value: variables(choice).map(({ key, value }) => ({ key, value })) },
    { key: "d1_databases", value: database(`${choice.name}-staging`) },
    { key: "durable_objects", value: base.config.durable_objects },
  ];
  return [{ key: "env", value: [{ key: "staging", value: own }] }];
}

export function wranglerConfig(choice: Choice, base: Base): string {
  const { compatibility_date, observability, triggers, durable_objects, migrations, assets } = base.config;
  const entries: Entry[] = [
    { key: "$schema", value: "node_modules/wrangler/config-schema.json" },
    { key: "name", value: choice.name },
    { key: "main", value: "src/index.js" },
    { key: "compatibility_date", value: compatibility_date },
    { key: "observability", value: observability },
    {
      key: "vars",
      value: variables(choice),
      about: "Not secret. Secrets are set with `npx wrangler secret put NAME`.",
    },
    { key: "triggers", value: triggers, about: "Every minute: what no room and no request takes care of any more." },
    {
      key: "d1_databases",
      value: database(choice.name),
      about: "Found by its name: `npx wrangler d1 create` makes it. Each version of the package brings its migrations.",
    },
    { key: "durable_objects", value: durable_objects },
    { key: "migrations", value: migrations, about: "Of the Durable Objects. Only ever add to this list." },
    {
      key: "assets",
      value: { directory: `${PACKAGE}/page`, ...assets },
      about: "The page. The Worker adds your issuer to its content security policy.",
    },
    { key: "dev", value: LOCAL },
  ];
  const more = [
    "",
    "  // A second deployment, with a database of its own: uncomment it, then",
    `  //   npx wrangler d1 create ${choice.name}-staging`,
    "  //   npx wrangler d1 migrations apply DB --remote --env staging && npx wrangler deploy --env staging",
    "  // Secrets are its own, too: npx wrangler secret put NAME --env staging",
    "",
  ].join("\n");
  const text = print(entries).replace(/\}$/, `${more}${commentedOut(staging(choice, base))}}`);
  return `// The Worker: https://developers.cloudflare.com/workers/wrangler/configuration/\n${text}\n`;
}
