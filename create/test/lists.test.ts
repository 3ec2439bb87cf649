/** The lists of providers and of sign-ins agree with the Worker and with docs/sign-in.md. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { readBase } from "../base.mjs";
import { PROVIDERS } from "../providers.ts";
import { SIGN_INS, variablesOf } from "../sign_in.ts";

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), "utf8");

/** The Worker's own list: a folder with settings each. */
const folders = readdirSync(at("src/provider"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(at(`src/provider/${entry.name}/settings.rs`)))
  .map(({ name }) => name);

test("every provider of the Worker can be chosen", () => {
  assert.deepEqual(PROVIDERS.map(({ name }) => name).sort(), folders.sort());
});

for (const { name, prefix, secrets, variables, isRequired } of PROVIDERS) {
  test(`the settings of ${name} are those of the Worker`, () => {
    const settings = read(`src/provider/${name}/settings.rs`);
    for (const each of [...secrets, ...variables]) {
      assert.ok(settings.includes(`"${each.name}"`), each.name);
      assert.ok(each.name.startsWith(prefix), each.name);
    }
    assert.equal(isRequired ?? false, settings.includes("is_required: true"));
    assert.match(read("emulator/worker.env"), new RegExp(`^${secrets[0]?.name}=`, "m"));
  });
}

test("/readyz looks for every Durable Object that a project binds", () => {
  const [, names = ""] = /BINDINGS: \[&str; \d+\] = \[([^\]]*)\]/.exec(read("src/object/name.rs")) ?? [];
  const bound = readBase().config.durable_objects.bindings.map(({ name }) => name);
  assert.deepEqual(JSON.parse(`[${names}]`).sort(), bound.sort());
});

/** The variables of each recipe. */
function recipes(): Map<string, Record<string, string>> {
  const sections = read("docs/sign-in.md").split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const title = section.split("\n", 1)[0] ?? "";
      const block = /```toml\n(.*?)```/s.exec(section)?.[1] ?? "";
      const pairs = [...block.matchAll(/^(AUTH_\w+) = (?:"([^"]*)"|'([^']*)')/gm)];
      return [title, Object.fromEntries(pairs.map(([, name, double, single]) => [name, double ?? single]))];
    }),
  );
}

test("every recipe of docs/sign-in.md is a sign-in, with the same variables", () => {
  const others = new Set(["Any other OIDC server", "Several at once", "What is refused", "From a server"]);
  const all = [...recipes()].filter(([title]) => !others.has(title));
  assert.equal(all.length, SIGN_INS.filter(({ name }) => name !== "other").length);
  for (const [title, variables] of all) {
    const signIn = SIGN_INS.find((each) => title.startsWith(each.title));
    assert.ok(signIn, title);
    const examples = variablesOf(signIn, {}).map(({ name, example }) => [name, example]);
    assert.deepEqual(Object.fromEntries(examples), variables, title);
  }
});

test("a variable is empty until all that it is made of is answered", () => {
  const firebase = SIGN_INS.find(({ name }) => name === "firebase");
  assert.ok(firebase);
  assert.deepEqual(
    variablesOf(firebase, {}).map(({ value }) => value),
    ["", ""],
  );
  assert.deepEqual(
    variablesOf(firebase, { project: "fox" }).map(({ value }) => value),
    ["https://securetoken.google.com/fox", "fox"],
  );
  const supabase = SIGN_INS.find(({ name }) => name === "supabase");
  assert.ok(supabase);
  assert.deepEqual(
    variablesOf(supabase, {}).map(({ value }) => value),
    ["", "authenticated", '{"is_anonymous":false}'],
  );
});
