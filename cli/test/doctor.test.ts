import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { clockCheck, remedyFor } from "../src/doctor/deployment.ts";
import { webhookToken } from "../src/doctor/webhooks.ts";
import { Machine } from "./support/cli.ts";
import { closedAddress, FakeDeployment } from "./support/fake.ts";

const machine = new Machine();
const fake = await FakeDeployment.start();
after(() => Promise.all([machine.close(), fake.close()]));

const DISCOVERY = "/issuer/.well-known/openid-configuration";
const issuer = `${fake.base}/issuer`;

beforeEach(() => {
  fake.instead.clear();
  fake.asked.length = 0;
  fake.instead.set("/healthz", () => [200, { ok: true }]);
  fake.instead.set("/readyz", () => [200, { ready: true }]);
  fake.instead.set("/config.json", () => [200, { issuer, clientId: "c", audience: "a" }]);
  fake.instead.set(DISCOVERY, () => [200, { issuer, jwks_uri: `${issuer}/keys` }]);
  fake.instead.set("/issuer/keys", () => [200, { keys: [{}] }]);
  fake.instead.set("/admin/stats", () => [200, { problems: [] }]);
});

const SECRETS = { MYNTH_WEBHOOK_SECRET: "whsec_ZW11bGF0b3Igb25seSwgd29ydGggbm90aGluZw==" };

async function doctor(args: string[] = [], env: NodeJS.ProcessEnv = SECRETS) {
  const { code, out } = await machine.run(["doctor", "--url", fake.base, "--json", ...args], env);
  const { ok, checks } = JSON.parse(out);
  assert.equal(code, ok ? 0 : 1);
  const of = (name: string) => checks.filter((check: any) => check.name === name);
  const states = (name: string) => of(name).map(({ state }: any) => state);
  return { ok, checks, of, states };
}

const tokenOf = (claims: object) =>
  ["{}", JSON.stringify(claims), "s"].map((part) => Buffer.from(part).toString("base64url")).join(".");

test("a deployment that is well has a line for each check, and every one is ok", async () => {
  const { ok, checks } = await doctor();
  assert.equal(ok, true);
  assert.deepEqual(
    checks.map(({ name, state }: any) => [name, state]),
    [
      ["healthz", "ok"],
      ["readyz", "ok"],
      ["clock", "ok"],
      ["issuer", "ok"],
      ["keys", "ok"],
      ["webhooks", "ok"],
      ["key", "ok"],
    ],
  );
  const { code, out } = await machine.run(["doctor", "--url", fake.base], SECRETS);
  assert.equal(code, 0);
  assert.match(out, /^ok {4}healthz {4}http/);
});

test("what does not answer is all that is said", async () => {
  const { code, out } = await machine.run(["doctor", "--url", await closedAddress()]);
  assert.equal(code, 1);
  assert.match(
    out,
    /^fail {2}healthz {4}http:\/\/127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)\n {17}Start it with npm run dev/,
  );
  assert.equal(out.trim().split("\n").length, 2);
  fake.instead.set("/healthz", () => [200, { hello: "world" }]);
  assert.deepEqual((await doctor()).states("healthz"), ["fail"]);
});

test("each setting that is missing has its remedy, and migrations have theirs", async () => {
  const issues = [
    { path: "MYNTH_API_KEY", message: "is not set" },
    { path: "FEEDS", message: "is not set" },
  ];
  fake.instead.set("/readyz", () => [503, { error: { code: "not_configured", message: "…", issues } }]);
  const found = await doctor();
  assert.equal(found.ok, false);
  assert.deepEqual(
    found.of("readyz").map(({ said }: any) => said),
    ["MYNTH_API_KEY is not set", "FEEDS is not set"],
  );
  fake.instead.set("/readyz", () => [
    503,
    { error: { code: "not_configured", message: "D1 lacks 0011_operator.sql: apply the migrations." } },
  ]);
  assert.match((await doctor()).of("readyz")[0].remedy, /d1 migrations apply DB --local/);
  assert.equal(remedyFor("MYNTH_WEBHOOK_SECRET", false), "npx wrangler secret put MYNTH_WEBHOOK_SECRET");
  assert.match(remedyFor("AUTH_ISSUER", false), /under "vars"/);
  assert.match(remedyFor("FEEDS", false), /Bind FEEDS/);
  assert.match(remedyFor("MYNTH_API_KEY", true), /\.dev\.vars/);
});

test("a clock that is off is a warning, and one that makes signatures old a failure", () => {
  const now = Date.parse("2026-11-26T12:00:00Z");
  const state = (seconds: number) => {
    const headers = new Headers({ date: new Date(now + seconds * 1000).toUTCString() });
    return clockCheck({ headers, askedAt: now, ms: 20 }, false).state;
  };
  assert.deepEqual([0, 20, -20, 60, -60, 290, -290].map(state), ["ok", "ok", "ok", "warn", "warn", "fail", "fail"]);
});

test("an issuer that is away, that calls itself otherwise or has no keys is said", async () => {
  fake.instead.set(DISCOVERY, () => [200, { issuer: `${issuer}/`, jwks_uri: `${issuer}/keys` }]);
  assert.match((await doctor()).of("issuer")[0].remedy, new RegExp(`Set AUTH_ISSUER to ${issuer}/,`));
  fake.instead.set(DISCOVERY, () => [404, {}]);
  assert.match((await doctor()).of("issuer")[0].remedy, /AUTH_JWKS/);
  fake.instead.set(DISCOVERY, () => [200, { issuer, jwks_uri: `${issuer}/keys` }]);
  fake.instead.set("/issuer/keys", () => [200, { keys: [] }]);
  assert.deepEqual((await doctor()).states("keys"), ["fail"]);
  assert.deepEqual((await doctor(["--issuer", "http://127.0.0.1:1"])).states("issuer"), ["fail"]);
  fake.instead.set("/config.json", () => [
    503,
    { error: { code: "not_configured", message: "AUTH_ISSUER is not set." } },
  ]);
  assert.match((await doctor()).of("issuer")[0].said, /AUTH_ISSUER is not set/);
});

test("a token's claims are shown beside what the deployment says of it", async () => {
  const token = tokenOf({ iss: "https://other.example", aud: ["a", "b"], sub: "ada", exp: 1 });
  fake.instead.set("/tasks", ({ headers, query }) => {
    assert.equal(headers.authorization, `Bearer ${token}`);
    assert.equal(query.get("limit"), "1");
    return [401, { error: { code: "unauthorized", message: "The token's exp is over." } }];
  });
  const { of, states } = await doctor(["--token", token]);
  assert.match(
    of("claims")[0].said,
    /iss https:\/\/other\.example, aud \["a","b"\], sub ada, exp 1970-01-01T00:00:01\.000Z/,
  );
  assert.deepEqual(states("claims"), ["ok", "fail", "warn"]);
  assert.equal(of("token")[0].said, "The token's exp is over.");
  assert.deepEqual((await doctor([], { TASKWIRE_TOKEN: "no" })).states("token"), ["fail"]);
  fake.instead.set("/tasks", () => [200, { tasks: [] }]);
  const good = await doctor(["--token", tokenOf({ iss: issuer, exp: Date.now() / 1000 + 60 })]);
  assert.deepEqual([...good.states("claims"), ...good.states("token")], ["ok", "ok"]);
});

test("a webhook secret is tested by a signed event that changes nothing, those of .dev.vars on this machine alone", async () => {
  writeFileSync(
    join(machine.folder, ".dev.vars"),
    "MODELRIVER_WEBHOOK_SECRET=x\nREPLICATE_WEBHOOK_SECRET=whsec_eA==\nTASKWIRE_TOKEN_SECRET=t\n",
  );
  assert.deepEqual((await doctor()).states("webhooks"), ["ok", "ok", "ok"]);
  const types = fake.asked.filter(({ path }) => path.startsWith("/webhooks/")).map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    types.map(({ type, status }) => type ?? status),
    ["taskwire.doctor", "taskwire.doctor", "taskwire.doctor"],
  );
  fake.instead.set("/webhooks/mynth", () => [401, { error: { code: "invalid_signature", message: "No match." } }]);
  const [wrong] = (await doctor()).of("webhooks");
  assert.equal(wrong.state, "fail");
  assert.match(wrong.said, /MYNTH_WEBHOOK_SECRET here is not the deployment's/);
  writeFileSync(join(machine.folder, ".dev.vars"), "");
  assert.deepEqual((await doctor([], {})).states("webhooks"), ["warn"]);
  assert.equal(webhookToken("t", 1).split(".").length, 3);
});

test("a key that is missing is a warning, one that is wrong or too narrow a failure, and problems are passed on", async () => {
  assert.deepEqual((await doctor([], { ...SECRETS, TASKWIRE_KEY: "" })).states("key"), ["warn"]);
  for (const [status, code, why] of [
    [401, "unauthorized", /does not know TASKWIRE_KEY/],
    [403, "insufficient_scope", /No/],
    [500, "internal_error", /No/],
  ] as const) {
    fake.instead.set("/admin/stats", () => [status, { error: { code, message: "No." } }]);
    const [check] = (await doctor()).of("key");
    assert.equal(check.state, "fail");
    assert.match(check.said, why);
  }
  fake.instead.set("/admin/stats", () => [404, { error: { code: "not_found", message: "No." } }]);
  assert.deepEqual((await doctor()).states("key"), ["warn"]);
  fake.instead.set("/admin/stats", () => [200, { problems: [{ what: "Off", detail: "a.example" }] }]);
  assert.equal((await doctor()).of("operation")[0].said, "Off: a.example");
});
