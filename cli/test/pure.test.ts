import assert from "node:assert/strict";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { baseIn, isLoopback } from "../src/address.ts";
import { table } from "../src/format.ts";
import { localSecret, secretFile } from "../src/local_secret.ts";
import { Output, plain, wantsColors } from "../src/output.ts";
import { StateFile, stateFile, stateFolder } from "../src/state.ts";
import { timeIn } from "../src/times.ts";
import { adminKeyIn, Settings, varsIn } from "../src/vars.ts";
import { Machine } from "./support/cli.ts";

const machine = new Machine();
after(() => machine.close());

test("this machine is any loopback address, and nothing that only looks like one", () => {
  for (const local of [
    "http://127.0.0.1:8787",
    "http://localhost",
    "http://[::1]:1",
    "http://app.localhost:3",
    "http://127.9.9.9",
  ])
    assert.equal(isLoopback(local), true, local);
  for (const far of [
    "https://127.0.0.1.example.com",
    "https://localhost.example.com",
    "https://tasks.example.com",
    "http://10.0.0.1",
    "http://0.0.0.0",
  ])
    assert.equal(isLoopback(far), false, far);
});

test("an address has a scheme, and no query, no password and no slash at its end", () => {
  assert.equal(baseIn("https://a.example/base//", "--url"), "https://a.example/base");
  for (const bad of [
    "",
    "tasks.example.com",
    "localhost:8787",
    "ftp://a.example",
    "https://a.example?x",
    "https://a:b@a.example",
  ])
    assert.throws(
      () => baseIn(bad, "--url"),
      (error: any) => error.exit === 2 && error.message.startsWith("--url"),
      bad,
    );
});

test("a time is so long ago, or an ISO time", () => {
  const now = Date.parse("2026-11-26T12:00:00.000Z");
  assert.equal(timeIn("2h", "--since", now), "2026-11-26T10:00:00.000Z");
  assert.equal(timeIn("1.5d", "--since", now), "2026-11-25T00:00:00.000Z");
  assert.equal(timeIn("2026-11-26T10:00:00+02:00", "--since", now), "2026-11-26T08:00:00.000Z");
  for (const bad of ["", "yesterday", "2 h", "-2h", "12", "2026-13-01", "99999999999d"])
    assert.throws(
      () => timeIn(bad, "--since", now),
      (error: any) => error.exit === 2 && /^--since must be/.test(error.message),
      bad,
    );
});

test("the environment goes before .dev.vars, and of several secrets the first signs", () => {
  writeFileSync(join(machine.folder, ".dev.vars"), 'A=file\nB="new old"\nEMPTY=\n');
  const settings = new Settings({ A: " env\n", EMPTY: "" }, varsIn(machine.folder));
  assert.deepEqual(settings.find("A"), { value: "env", from: "the environment" });
  assert.deepEqual(settings.secret("B"), { value: "new", from: ".dev.vars" });
  assert.equal(settings.find("EMPTY"), undefined);
  assert.deepEqual(varsIn(join(machine.folder, "nowhere")), {});
});

test("the admin key of a project is the first that has the scope", () => {
  const keys = [
    { name: "a", key: "twk_a", scopes: ["read"] },
    { name: "b", key: "twk_b", scopes: ["start", "admin"] },
  ];
  assert.equal(adminKeyIn(JSON.stringify(keys)), "twk_b");
  for (const none of [undefined, "", "{", "{}", "[]", '[{"key":1,"scopes":["admin"]}]'])
    assert.equal(adminKeyIn(none), undefined, none);
});

test("the state is where XDG says, and each deployment, filter and target has a file of its own", () => {
  assert.equal(stateFolder({ XDG_STATE_HOME: "/x" }), "/x/taskwire");
  assert.match(stateFolder({ XDG_STATE_HOME: "relative" }), /\.local\/state\/taskwire$/);
  const listener = {
    url: "http://a.example:1",
    stream: "deliveries" as const,
    filter: { task: undefined },
    target: undefined,
  };
  const name = stateFile("/x", listener);
  assert.match(name, /^\/x\/deliveries-a\.example_1-[0-9a-f]{16}\.json$/);
  assert.equal(stateFile("/x", { ...listener, filter: {} }), name);
  for (const other of [
    { url: "http://a.example:2" },
    { stream: "events" as const },
    { filter: { task: "t" } },
    { target: "http://b" },
  ])
    assert.notEqual(stateFile("/x", { ...listener, ...other }), name);
});

test("a position is written as a whole, for this user alone, and one that is broken is said", () => {
  const state = new StateFile(join(machine.state, "deep", "a.json"));
  assert.equal(state.read(), undefined);
  state.write({ cursor: "c", done: ["1"] });
  state.write({ cursor: "d", since: "2026-11-26T10:00:00.000Z", done: [] });
  assert.deepEqual(state.read(), { cursor: "d", since: "2026-11-26T10:00:00.000Z", done: [] });
  assert.deepEqual(readdirSync(join(machine.state, "deep")), ["a.json"]);
  assert.equal(statSync(state.path).mode & 0o777, 0o600);
  for (const broken of ["", "{", "[]", "null", '{"cursor":1,"done":[]}', '{"cursor":null,"done":[1]}']) {
    writeFileSync(state.path, broken);
    assert.throws(() => state.read(), /--from start or --from now/, broken);
  }
});

test("the secret of this machine is made once, and is for this user alone", () => {
  const secret = localSecret(machine.state);
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.equal(localSecret(machine.state), secret);
  assert.equal(statSync(secretFile(machine.state)).mode & 0o777, 0o600);
  writeFileSync(secretFile(machine.state), "\n");
  assert.throws(() => localSecret(machine.state), /holds no secret: delete it/);
});

test("text from outside moves no cursor and turns no line around", () => {
  assert.equal(plain("a\x1b[2Jb\x9bc\u202ed\r"), "a\\u001b[2Jb\\u009bc\\u202ed\\u000d");
  const [, row] = table(
    ["a", "b"],
    [["x\x1b]0;t\x07", "multi\nline"]],
    new Output({ isJson: false, out: { write() {} }, err: { write() {} }, env: {} }).colors,
  );
  assert.equal(row, "x\\u001b]0;t\\u0007  multi line");
});

test("colours are for a terminal, without NO_COLOR", () => {
  const terminal = { write() {}, isTTY: true };
  assert.equal(wantsColors(terminal, {}), true);
  assert.equal(wantsColors(terminal, { NO_COLOR: "" }), true);
  assert.equal(wantsColors(terminal, { NO_COLOR: "1" }), false);
  assert.equal(wantsColors(terminal, { TERM: "dumb" }), false);
  assert.equal(wantsColors({ write() {} }, {}), false);
  const coloured = (isJson: boolean) => new Output({ isJson, out: terminal, err: terminal, env: {} }).colors.red("x");
  assert.equal(coloured(false), "\x1b[31mx\x1b[39m");
  assert.equal(coloured(true), "x");
});
