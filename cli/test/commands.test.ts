import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Io } from "../src/io.ts";
import { run } from "../src/program.ts";
import { Machine } from "./support/cli.ts";
import { closedAddress, FakeDeployment, KEY, type Row } from "./support/fake.ts";

const machine = new Machine();
let fake: FakeDeployment;

before(async () => {
  fake = await FakeDeployment.start();
  for (let i = 0; i < 3; i++) fake.arrive();
  fake.arrive({ verdict: "bad_signature", status: 401, reason: "no match", event: null, taskId: null });
  fake.tell();
  fake.tell({
    state: "failed",
    roads: { "a.example": { state: "failed", attempts: 3, status: 500, at: null, nextAt: null, reason: null } },
  });
});
after(() => Promise.all([machine.close(), fake.close()]));

/** The program in this process, with a terminal or without. */
async function here(
  args: string[],
  { answers = [] as boolean[], env = {}, ...io }: Partial<Io> & { answers?: boolean[] } = {},
) {
  let [out, err] = ["", ""];
  const asked: string[] = [];
  const sink = (add: (text: string) => void) => ({ write: add });
  const code = await run(args, {
    out: sink((text) => {
      out += text;
    }),
    err: sink((text) => {
      err += text;
    }),
    env: { TASKWIRE_KEY: KEY, XDG_STATE_HOME: machine.state, TASKWIRE_URL: fake.base, ...env },
    folder: machine.folder,
    hasTerminal: answers.length > 0,
    ask: async (question) => {
      asked.push(question);
      return answers.shift() ?? false;
    },
    stopped: () => new AbortController().signal,
    ...io,
  });
  return { code, out, err, asked };
}

const json = async (args: string[]) => {
  const { code, out, err } = await here([...args, "--json"]);
  assert.equal(code, 0, err);
  return JSON.parse(out);
};

test("deliveries are listed newest first, filtered, and page by page", async () => {
  const { out } = await here(["deliveries"]);
  const [head, ...rows] = out.trimEnd().split("\n");
  assert.match(head ?? "", /^id +at +verdict +status +provider +event +task +took$/);
  assert.deepEqual(
    rows.map((row) => row.split(/\s/)[0]),
    ["4", "3", "2", "1"],
  );
  assert.match(rows[0] ?? "", /bad_signature +401 +mynth +- +- +12 ms$/);
  const ids = async (...args: string[]) =>
    (await json(["deliveries", "list", ...args])).deliveries.map(({ id }: Row) => id);
  assert.deepEqual(await ids("--task", "tsk_2"), ["2"]);
  assert.deepEqual(await ids("--verdict", "bad_signature,stale"), ["4"]);
  assert.deepEqual(await ids("--oldest", "--limit", "2"), ["1", "2"]);
  const page = await json(["deliveries", "--limit", "3"]);
  assert.deepEqual(await ids("--limit", "3", "--cursor", page.nextCursor), ["1"]);
  const { err } = await here(["deliveries", "--limit", "3"]);
  assert.equal(err, `More: --cursor ${page.nextCursor}\n`);
  assert.equal((await here(["deliveries", "--task", "tsk_none"])).out, "No deliveries.\n");
});

test("a filter whose matches are far back finds them", async () => {
  const far = await FakeDeployment.start();
  try {
    far.arrive({ verdict: "stale" });
    for (let i = 0; i < 300; i++) far.arrive();
    const { out } = await here(["deliveries", "--verdict", "stale", "--url", far.base, "--json"]);
    const { deliveries, nextCursor } = JSON.parse(out);
    assert.deepEqual([deliveries.map(({ id }: Row) => id), nextCursor], [["1"], null]);
  } finally {
    await far.close();
  }
});

test("one delivery is shown with its body, and one that is not there is said", async () => {
  assert.match((await here(["deliveries", "get", "4"])).out, /^reason +no match$/m);
  const { out } = await here(["deliveries", "get", "1"]);
  assert.match(out, /^ {2}"type": "task\.image\.rate\.completed",$/m);
  assert.equal((await json(["deliveries", "get", "1"])).delivery.providerDelivery, "evt_1");
  const none = await here(["deliveries", "get", "99"]);
  assert.equal(none.code, 1);
  assert.equal(none.err, "There is no such thing.\n");
});

test("events are listed with their roads, shown, and sent again", async () => {
  const { out } = await here(["events"]);
  assert.match(out, /failed +task\.completed +tsk_2 +a\.example: failed after 3 \(HTTP 500\)$/m);
  assert.match((await here(["events", "get", "evt_tsk_1_2"])).out, /"taskId": "tsk_1"/);
  assert.equal((await json(["events", "resend", "evt_tsk_1_2"])).event.id, "evt_tsk_1_2");
  assert.equal(fake.asked.at(-1)?.path, "/admin/events/evt_tsk_1_2/resend");
});

test("a delivery is replayed, and those of a time page by page", async () => {
  assert.equal((await here(["replay", "2"])).out, "duplicate\n");
  const pages = [
    { replayed: 200, skipped: 1, verdicts: { duplicate: 200 }, nextCursor: "c1" },
    { replayed: 20, skipped: 0, verdicts: { duplicate: 19, applied: 1 }, nextCursor: null },
  ];
  const bodies: Row[] = [];
  fake.instead.set("/admin/replay", ({ body }) => {
    bodies.push(JSON.parse(body));
    return [200, pages[bodies.length - 1]];
  });
  const found = await json([
    "replay",
    "--since",
    "2026-11-26T10:00:00Z",
    "--until",
    "2026-11-26T11:00:00Z",
    "--verdict",
    "failed",
  ]);
  assert.deepEqual(found, { replayed: 220, skipped: 1, verdicts: { duplicate: 219, applied: 1 } });
  const range = { since: "2026-11-26T10:00:00.000Z", until: "2026-11-26T11:00:00.000Z", verdict: "failed" };
  assert.deepEqual(bodies, [range, { ...range, cursor: "c1" }]);
  for (const [args, why] of [
    [[], /--since for all since then/],
    [["2", "--since", "1h"], /and not both/],
    [["--since", "1h", "--until", "2h"], /--since must be before --until/],
  ] as const) {
    const { code, err } = await here(["replay", ...args]);
    assert.equal(code, 2);
    assert.match(err, why);
  }
});

const task = (fields: Row = {}) => ({
  taskId: "tsk_1",
  kind: "image.generate",
  provider: "mynth",
  userId: "ada",
  status: "pending",
  version: 1,
  prompt: "a fox",
  requestedModel: "m/x",
  model: null,
  error: null,
  cost: null,
  images: [],
  createdAt: "2026-11-26T10:00:00.000Z",
  updatedAt: "2026-11-26T10:00:00.000Z",
  ...fields,
});
const created = { at: "2026-11-26T10:00:00.000Z", what: "created", detail: "Started by ada." };
const applied = {
  at: "2026-11-26T10:00:05.000Z",
  what: "delivery",
  detail: "task.image.generate.completed",
  verdict: "applied",
  deliveryId: "1",
  ms: 9,
};

test("a task is shown with what has happened to it, and asked after", async () => {
  fake.instead.set("/admin/tasks/tsk_1", () => [
    200,
    { task: task({ error: { code: "c", message: "why" } }), timeline: [created, applied] },
  ]);
  const { out } = await here(["tasks", "get", "tsk_1"]);
  assert.match(out, /^status +pending \(version 1\)$/m);
  assert.match(out, /^error +c: why$/m);
  assert.match(
    out,
    /created {4}Started by ada\.\n.*delivery {3}applied {2}task\.image\.generate\.completed {2}9 ms\n$/,
  );
  fake.instead.set("/admin/tasks/tsk_1/reconcile", () => [200, { task: task({ status: "completed" }) }]);
  assert.equal((await json(["tasks", "reconcile", "tsk_1"])).task.status, "completed");
});

test("a task is watched until it has ended, each entry once: with 0 if it was completed and 1 if not", async () => {
  for (const [status, expected] of [
    ["completed", 0],
    ["failed", 1],
  ] as const) {
    let looks = 0;
    fake.instead.set("/admin/tasks/tsk_1", () => {
      looks += 1;
      if (looks === 2) return [503, { error: { code: "unavailable", message: "Away." } }];
      return looks < 4
        ? [200, { task: task(), timeline: [created] }]
        : [200, { task: task({ status, version: 2 }), timeline: [created, applied] }];
    });
    const { code, out, err } = await here(["tasks", "watch", "tsk_1", "--interval", "0.1", "--json"]);
    assert.equal(code, expected);
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ entry, task }) => entry?.what ?? task.status),
      ["created", "pending", "delivery", status],
    );
    assert.match(err, /has refused: Away\. Trying again/);
  }
});

test("figures are shown with what needs a look", async () => {
  const stage = { count: 2, p50: 3, p99: 1400 };
  fake.instead.set("/admin/stats", ({ query }) => [
    200,
    {
      since: query.get("since"),
      until: "u",
      isPartial: true,
      verdicts: { applied: 5, stale: 1 },
      providers: { mynth: 6 },
      statuses: { completed: 5, failed: 0 },
      kinds: {},
      stages: { start: stage, provider: stage, apply: stage, d1: { count: 0, p50: null, p99: null } },
      hours: [],
      pending: { count: 1, oldestAt: "o" },
      events: { waiting: 0, failed: 1, delivered: 4 },
      destinations: [{ destination: "a.example", failingSince: null, isOff: true }],
      problems: [{ what: "A destination is off", detail: "a.example" }],
    },
  ]);
  const { out } = await here(["stats", "--since", "2026-11-26T10:00:00Z"]);
  assert.match(out, /^2026-11-26T10:00:00\.000Z to u: the newest deliveries only$/m);
  assert.match(out, /^deliveries {2}applied 5, stale 1$/m);
  assert.match(out, /^d1 +0 +- +-$/m);
  assert.match(out, /^start +2 +3 ms +1\.4 s$/m);
  assert.match(out, /^a\.example is off$/m);
  assert.match(out, /^A destination is off {2}a\.example$/m);
});

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
