/** The settings of sign-in and of server keys: what is wrong is named, and opens nothing; and none outlives its `env`. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { startEnvs, type Vars } from "./support/envs.ts";

const timeout = 60_000;
const BACKEND = { name: "backend", key: "twk_0123456789abcdef0123456789abcdef", scopes: ["start", "read"] };
const REPORTS = { name: "reports", key: "twk_fedcba9876543210fedcba9876543210", scopes: ["read"] };
const fox = { prompt: "a fox", model: "m/x", count: 1 };

const envs = await startEnvs();
after(() => envs.close());
const { ask, emulator } = envs;
const asUser = { authorization: `Bearer ${await emulator.token()}` };
const asServer = (key = BACKEND.key) => ({ authorization: `Bearer ${key}`, "taskwire-user": "ada" });
const withKeys = (...keys: object[]): Vars => ({ TASKWIRE_SERVER_KEYS: JSON.stringify(keys) });

const issuersOf = (...changes: object[]) => ({
  AUTH_PROVIDERS: JSON.stringify(
    changes.map((change, i) => ({ issuer: `https://${i}.example`, audience: "a", prefix: `${i}|`, ...change })),
  ),
});
const wrong: [name: string, vars: Record<string, string | null>, path: string][] = [
  ["a word that is no token of a page's", { AUTH_PAGE_TOKEN: "opaque" }, "AUTH_PAGE_TOKEN"],
  ["neither audience nor parties", { AUTH_AUDIENCE: null }, "AUTH_AUDIENCE"],
  ["no name in its audience", { AUTH_AUDIENCE: " , " }, "AUTH_AUDIENCE"],
  ["an issuer that anybody could be", { AUTH_ISSUER: "http://id.example" }, "AUTH_ISSUER"],
  ["keys where anybody could put them", { AUTH_JWKS_URL: "http://id.example/jwks" }, "AUTH_JWKS_URL"],
  ["keys that cannot be read", { AUTH_JWKS: '{"keys":[' }, "AUTH_JWKS"],
  ["keys that are no set", { AUTH_JWKS: "[]" }, "AUTH_JWKS"],
  ["no key", { AUTH_JWKS: '{"keys":[]}' }, "AUTH_JWKS"],
  ["a shared secret for a key", { AUTH_JWKS: '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}' }, "AUTH_JWKS"],
  ["a header that cannot be", { AUTH_TOKEN_HEADER: "a b" }, "AUTH_TOKEN_HEADER"],
  ["claims that cannot be read", { AUTH_REQUIRED_CLAIMS: "{" }, "AUTH_REQUIRED_CLAIMS"],
  ["claims that are no object", { AUTH_REQUIRED_CLAIMS: '["role"]' }, "AUTH_REQUIRED_CLAIMS"],
  ["a claim that nothing can be", { AUTH_REQUIRED_CLAIMS: '{"role":[]}' }, "AUTH_REQUIRED_CLAIMS"],
  ["issuers that cannot be read", { AUTH_PROVIDERS: "[{" }, "AUTH_PROVIDERS"],
  ["issuers that are no list", { AUTH_PROVIDERS: "{}" }, "AUTH_PROVIDERS"],
  ["two issuers with one prefix", issuersOf({ prefix: "x" }, { prefix: "x" }), "AUTH_PROVIDERS[1].prefix"],
  ["an issuer without a prefix", issuersOf({ prefix: "" }), "AUTH_PROVIDERS[0].prefix"],
  ["an issuer without audience and parties", issuersOf({ audience: [] }), "AUTH_PROVIDERS[0].audience"],
  ["an issuer with a field that there is not", issuersOf({ audiences: ["a"] }), "AUTH_PROVIDERS[0].audiences"],
];

describe("sign-in with", { timeout }, () => {
  for (const [name, vars, path] of wrong) {
    test(`${name} is a 503 that names the setting, and lets nobody in`, async () => {
      const ready = await ask(vars, "/readyz");
      assertRefused(ready, 503, "not_configured");
      assert.equal(ready.body.error.issues[0].path, path);
      const starts = envs.starts();
      // The page's own setting is nobody else's.
      if (path === "AUTH_PAGE_TOKEN") return assert.equal((await ask(vars, "/tasks", asUser)).status, 200);
      const start = await ask(vars, "/generate", asUser, fox);
      assertRefused(start, 503, "not_configured");
      assert.ok(start.body.error.message.startsWith(`${path} `), start.text);
      assertRefused(await ask(vars, "/tasks", asUser), 503, "not_configured");
      assert.equal(envs.starts(), starts);
      // A server does not need them.
      const both = { ...vars, ...withKeys(BACKEND) };
      assert.equal((await ask(both, "/generate", asServer(), fox)).status, 201);
      assert.equal((await ask(both, "/tasks", asServer())).status, 200);
      assertRefused(await ask(both, "/tasks", asUser), 503, "not_configured");
    });
  }
});

describe("server keys with", { timeout }, () => {
  for (const [what, vars, path] of [
    ["a key of 31 characters", withKeys({ ...BACKEND, key: BACKEND.key.slice(0, 31) }), "[0].key"],
    ["a key that is only long by a space", withKeys({ ...BACKEND, key: `${BACKEND.key.slice(0, 31)} ` }), "[0].key"],
    ["two keys of one name", withKeys(BACKEND, { ...REPORTS, name: "backend" }), "[1].name"],
    ["one key with two names", withKeys(BACKEND, { ...REPORTS, key: BACKEND.key }), "[1].key"],
    ["a scope that there is not", withKeys({ ...BACKEND, scopes: ["everything"] }), "[0]"],
    ["no JSON", { TASKWIRE_SERVER_KEYS: `[{"name":"backend","key":"${BACKEND.key}"` }, ""],
  ] as const) {
    test(`${what} are off: a 503 names the place, and users are not held up`, async () => {
      const ready = await ask(vars, "/readyz");
      assertRefused(ready, 503, "not_configured");
      assert.equal(ready.body.error.issues[0].path, `TASKWIRE_SERVER_KEYS${path}`);
      const starts = envs.starts();
      for (const key of [BACKEND.key, REPORTS.key, BACKEND.key.slice(0, 31)]) {
        assertRefused(await ask(vars, "/generate", asServer(key), fox), 503, "not_configured");
      }
      assert.equal(envs.starts(), starts);
      assert.doesNotMatch(`${ready.text}${envs.logs.join("")}`, /0123456789/);
      assert.equal((await ask(vars, "/tasks", asUser)).status, 200);
    });
  }

  test("nothing in them are off too, and no key is good", async () => {
    for (const vars of [{}, { TASKWIRE_SERVER_KEYS: " " }, withKeys()]) {
      for (const key of [BACKEND.key, "twk_", "twk_undefined"]) {
        assertRefused(await ask(vars, "/tasks", asServer(key)), 401, "unauthorized");
      }
    }
  });
});

test("whoever calls is checked by the settings of now, however often they change", { timeout }, async () => {
  for (let round = 0; round < 3; round++) {
    for (let again = 0; again < 2; again++) {
      assert.equal((await ask({}, "/tasks", asUser)).status, 200);
      assertRefused(await ask({}, "/tasks", asServer()), 401, "unauthorized");
    }
    assertRefused(await ask({ AUTH_AUDIENCE: "other" }, "/tasks", asUser), 401, "unauthorized");
    assertRefused(await ask({ AUTH_REQUIRED_CLAIMS: '{"role":"staff"}' }, "/tasks", asUser), 403, "forbidden");
    assertRefused(await ask({ AUTH_PROVIDERS: "[" }, "/tasks", asUser), 503, "not_configured");
    assert.equal((await ask(withKeys(BACKEND), "/tasks", asServer())).status, 200);
    assertRefused(await ask(withKeys(REPORTS), "/tasks", asServer()), 401, "unauthorized");
  }
});
