/** How commands end, what they ask first, and how they print. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Machine } from "./support/cli.ts";
import { closedAddress, FakeDeployment, KEY } from "./support/fake.ts";
import { type Around, Here } from "./support/here.ts";

const machine = new Machine();
const fake = await FakeDeployment.start();
const program = new Here(machine, fake);
const here = (args: string[], around?: Around) => program.run(args, around);

before(() => {
  for (let i = 0; i < 4; i++) fake.arrive();
});
after(() => Promise.all([machine.close(), fake.close()]));

test("each way to fail has its exit code, one sentence and no stack", async () => {
  const refusing = (status: number, code: string) => {
    fake.instead.set("/admin/deliveries", () => [status, { error: { code, message: "No." } }]);
    return here(["deliveries"]);
  };
  for (const [status, code, exit] of [
    [401, "unauthorized", 3],
    [403, "insufficient_scope", 3],
    [429, "rate_limited", 6],
    [422, "validation_error", 2],
    [409, "not_replayable", 1],
    [500, "internal_error", 1],
    [502, "x", 1],
  ] as const) {
    const ended = await refusing(status, code);
    assert.equal(ended.code, exit, `${status}`);
    assert.equal(ended.err, "No.\n");
    assert.equal(ended.out, "");
  }
  fake.instead.set("/admin/deliveries", () => [
    422,
    {
      error: { code: "validation_error", message: "Invalid.", issues: [{ path: "verdict", message: "is not known" }] },
    },
  ]);
  assert.equal((await here(["deliveries"])).err, "Invalid. verdict is not known.\n");
  fake.instead.delete("/admin/deliveries");

  const missing = await here(["deliveries"], { env: { TASKWIRE_KEY: "" } });
  assert.equal(missing.code, 3);
  assert.match(missing.err, /^TASKWIRE_KEY is not set: /);
  const nowhere = await closedAddress();
  const away = await here(["deliveries", "--url", nowhere]);
  assert.equal(away.code, 1);
  assert.equal(away.err, `${nowhere} cannot be reached (ECONNREFUSED).\n`);
  for (const args of [
    ["nothing"],
    ["deliveries", "--colour"],
    ["deliveries", "get"],
    ["stats", "more"],
    [],
    ["tasks"],
    ["deliveries", "--limit", "0"],
    ["deliveries", "--url", "x"],
  ]) {
    const { code, err, out } = await here(args);
    assert.equal(code, 2, `${args}`);
    assert.equal(out, "");
    assert.doesNotMatch(err, /\n {4}at /);
    if (args.length > 1) assert.match(err, /^[A-Z-].*\.\n$/, `one sentence: ${err}`);
  }
});

test("--json prints one document, for an error too", async () => {
  const { code, out, err } = await here(["deliveries", "get", "99", "--json"]);
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(out), { error: { code: "not_found", message: "There is no such thing." } });
  assert.equal(err, "There is no such thing.\n");
  assert.equal(JSON.parse((await here(["--json", "nothing"])).out).error.code, "usage");
});

test("help and the version are answers: exit code 0, on the standard output", async () => {
  for (const args of [["--help"], ["listen", "--help"], ["--version"]]) {
    const { code, out, err } = await here(args);
    assert.equal(code, 0);
    assert.notEqual(out, "");
    assert.equal(err, "");
  }
  assert.match((await here(["--help"])).out, /Exit codes: 0 ok, 1 error, 2 usage, 3 not authorized, 6 rate limited\./);
});

test("on a terminal there are colours, and none with NO_COLOR or --json", async () => {
  const coloured = async (args: string[], env = {}) => {
    let out = "";
    const terminal = {
      isTTY: true,
      write(text: string) {
        out += text;
      },
    };
    await here(args, { out: terminal, env });
    return out.includes("\x1b[");
  };
  assert.equal(await coloured(["deliveries"]), true);
  assert.equal(await coloured(["deliveries"], { NO_COLOR: "1" }), false);
  assert.equal(await coloured(["deliveries", "--json"]), false);
  assert.equal((await here(["deliveries"])).out.includes("\x1b["), false);
});

test("the key of a project's .dev.vars is for this machine alone", async () => {
  const keys = JSON.stringify([{ name: "cli", key: KEY, scopes: ["admin"] }]);
  writeFileSync(join(machine.folder, ".dev.vars"), `TASKWIRE_SERVER_KEYS=${keys}\n`);
  const env = { TASKWIRE_KEY: "" };
  assert.equal((await here(["deliveries"], { env })).code, 0);
  const far = await here(["deliveries", "--url", "https://tasks.invalid"], { env });
  assert.equal(far.code, 3);
  writeFileSync(join(machine.folder, ".dev.vars"), "");
});

test("what changes a deployment that is not on this machine is asked first", async () => {
  const url = ["--url", "https://tasks.invalid"];
  for (const args of [
    ["replay", "1"],
    ["replay", "--since", "1h"],
    ["events", "resend", "e"],
  ]) {
    const silent = await here([...args, ...url]);
    assert.equal(silent.code, 2);
    assert.match(silent.err, /https:\/\/tasks\.invalid.*\? There is no terminal to ask in: give --yes\.\n$/);
    const no = await here([...args, ...url], { answers: [false] });
    assert.equal(no.code, 1);
    assert.equal(no.err, "Nothing was done.\n");
    assert.equal(no.asked.length, 1);
    // It goes on, and finds no such host.
    const yes = await here([...args, ...url], { answers: [true] });
    assert.match(yes.err, /cannot be reached/);
    const given = await here([...args, ...url, "--yes"]);
    assert.match(given.err, /cannot be reached/);
  }
});

test("the program as a process: a pipe that closes early is no error", async () => {
  const { code, out } = await machine.run(["deliveries", "--url", fake.base, "--json"]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(out).deliveries.length, 4);
  const listening = machine.start(["listen", "--url", fake.base, "--from", "start"]);
  listening.child.stdout?.destroy();
  assert.equal((await listening.ended).code, 0);
});
