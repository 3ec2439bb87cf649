/** The files of a new project. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseEnv } from "node:util";
import { type ParseError, parse } from "jsonc-parser";
import { readBase } from "../base.mjs";
import type { Base } from "../base.ts";
import { type Choice, webhooksOf } from "../choice.ts";
import { filesOf } from "../files.ts";
import { reasonOf } from "../install.ts";
import { PROVIDERS } from "../providers.ts";
import { SIGN_INS, type SignIn } from "../sign_in.ts";

const base: Base = JSON.parse(JSON.stringify(readBase()));
const CLERK = SIGN_INS.find(({ name }) => name === "clerk") as SignIn;
const MYNTH = PROVIDERS.filter(({ name }) => name === "mynth");

const choice = (changes: Partial<Choice> = {}): Choice => ({
  name: "my-app",
  providers: PROVIDERS,
  signIn: CLERK,
  answers: { issuer: "https://clerk.example" },
  url: "",
  ...changes,
});

const text = (path: string, changes?: Partial<Choice>) => filesOf(choice(changes), base).get(path) ?? "";

function json(source: string): any {
  const errors: ParseError[] = [];
  const value = parse(source, errors, { allowTrailingComma: true });
  assert.deepEqual(errors, []);
  return value;
}

test("wrangler.jsonc has all that wrangler.toml has, and points into the package", () => {
  const config = json(text("wrangler.jsonc"));
  assert.equal(config.name, "my-app");
  assert.equal(config.compatibility_date, base.config.compatibility_date);
  assert.deepEqual(config.triggers.crons, ["* * * * *"]);
  assert.deepEqual(config.d1_databases, [
    { binding: "DB", database_name: "my-app", migrations_dir: "node_modules/@taskwire/worker/migrations" },
  ]);
  assert.deepEqual(config.durable_objects, base.config.durable_objects);
  assert.deepEqual(config.migrations, base.config.migrations);
  assert.equal(config.assets.directory, "node_modules/@taskwire/worker/page");
  assert.deepEqual(config.assets.run_worker_first, base.config.assets.run_worker_first);
  // What is added to wrangler.toml has to be added to a new project, too.
  const toml = readFileSync(new URL("../../wrangler.toml", import.meta.url), "utf8");
  const tables = new Set([...toml.matchAll(/^\[+(\w+)/gm)].map(([, table = ""]) => table));
  tables.delete("build");
  for (const table of tables) assert.ok(table in config, `wrangler.toml has ${table}`);
});

test("the variables are those of the choice, and what is missing is shown by an example", () => {
  const source = text("wrangler.jsonc");
  const { vars } = json(source);
  assert.equal(vars.AUTH_ISSUER, "https://clerk.example");
  assert.equal(vars.AUTH_PARTIES, "");
  assert.match(source, /For example: https:\/\/app\.example\.com\n\s+"AUTH_PARTIES"/);
  assert.equal(vars.MODELRIVER_PUBLIC, "false");
  const some = json(text("wrangler.jsonc", { providers: MYNTH, url: "https://a.example" })).vars;
  assert.equal("MODELRIVER_PUBLIC" in some, false);
  assert.equal(some.PUBLIC_URL, "https://a.example");
});

test("a value with quotes in it stays a value", () => {
  const answers = { issuer: 'https://a", "x": "', parties: "*/ // \\" };
  const { vars } = json(text("wrangler.jsonc", { answers }));
  assert.equal(vars.AUTH_ISSUER, answers.issuer);
  assert.equal(vars.AUTH_PARTIES, answers.parties);
});

test("uncommented, env.staging is a second deployment with a database of its own", () => {
  const source = text("wrangler.jsonc");
  const start = source.indexOf('  // "env": {');
  const { env } = json(source.slice(0, start) + source.slice(start).replace(/^ {2}\/\/ /gm, "  "));
  assert.deepEqual(Object.keys(env), ["staging"]);
  assert.equal(env.staging.d1_databases[0].database_name, "my-app-staging");
  assert.equal(env.staging.d1_databases[0].binding, "DB");
  assert.deepEqual(env.staging.durable_objects, base.config.durable_objects);
  assert.deepEqual(Object.keys(env.staging.vars), Object.keys(json(source).vars));
});

test(".dev.vars has the emulator's variables, without those of other providers", () => {
  const all = parseEnv(text(".dev.vars"));
  assert.deepEqual(all, parseEnv(base.env));
  const some = parseEnv(text(".dev.vars", { providers: MYNTH }));
  assert.equal(some.MYNTH_API_KEY, all.MYNTH_API_KEY);
  assert.deepEqual(
    Object.keys(some).filter((name) => name.startsWith("MODELRIVER_")),
    [],
  );
});

test(".dev.vars resets every sign-in variable that a choice may set", () => {
  const local = parseEnv(text(".dev.vars"));
  for (const { variables } of SIGN_INS) for (const name of Object.keys(variables)) assert.ok(name in local, name);
});

test(".dev.vars.example has the secrets and no value", () => {
  const example = text(".dev.vars.example");
  const names = [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  assert.deepEqual(names, [
    ["MYNTH_API_KEY", ""],
    ["MYNTH_WEBHOOK_SECRET", ""],
    ...PROVIDERS.slice(1).flatMap(({ secrets }) => secrets.map(({ name }) => [name, ""])),
    ["TASKWIRE_TOKEN_SECRET", ""],
  ]);
  assert.match(text(".gitignore"), /^\.dev\.vars$/m);
  assert.match(text(".gitignore"), /^\.prod\.vars$/m);
});

test("migrations run before a deployment, and by the name of the binding", () => {
  const { scripts, dependencies, devDependencies } = json(text("package.json"));
  assert.equal(scripts.deploy, "wrangler d1 migrations apply DB --remote && wrangler deploy");
  assert.match(scripts.dev, /taskwire-emulator .* -- wrangler dev/);
  assert.deepEqual(dependencies, { "@taskwire/worker": `^${base.version}` });
  assert.deepEqual(devDependencies, {
    "@taskwire/cli": `^${base.version}`,
    "@taskwire/emulator": `^${base.version}`,
    wrangler: `^${base.wrangler}`,
  });
});

test("the README names three steps, the webhooks to register, and what is missing", () => {
  const readme = text("README.md");
  assert.deepEqual(readme.match(/^\d\. /gm), ["1. ", "2. ", "3. "]);
  for (const { address } of webhooksOf(choice())) assert.ok(readme.includes(address));
  assert.match(readme, /Fill in `AUTH_PARTIES` in `wrangler.jsonc`/);
  const known = choice({ url: "https://a.example", providers: MYNTH });
  assert.deepEqual(webhooksOf(known), [
    { address: "https://a.example/webhooks/mynth", where: MYNTH[0]?.webhook?.where },
  ]);
});

test("what npm could not have is said in a line", () => {
  for (const [output, said] of [
    [
      "npm error code ECONNREFUSED\nnpm error FetchError: request to http://127.0.0.1:1/wrangler failed, reason: connect",
      "http://127.0.0.1:1/wrangler could not be reached (ECONNREFUSED)",
    ],
    [
      "npm error code E404\nnpm error 404 Not Found - GET http://x/y\nnpm error 404  '@taskwire/worker@^9.0.0' is not in this registry.",
      "the registry does not have @taskwire/worker@^9.0.0",
    ],
    [
      "npm error code EACCES\nnpm error Your cache folder contains root-owned files",
      "Your cache folder contains root-owned files",
    ],
    ["", "npm install failed"],
  ] as const)
    assert.equal(reasonOf(output), said);
});
