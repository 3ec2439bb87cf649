/** What each command prints, of a deployment that says what a test wants. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Machine } from "./support/cli.ts";
import { FakeDeployment, type Row } from "./support/fake.ts";
import { type Around, Here } from "./support/here.ts";

const machine = new Machine();
const fake = await FakeDeployment.start();
const program = new Here(machine, fake);
const here = (args: string[], around?: Around) => program.run(args, around);
const json = (args: string[]) => program.json(args);

before(() => {
  for (let i = 0; i < 3; i++) fake.arrive();
  fake.arrive({ verdict: "bad_signature", status: 401, reason: "no match", event: null, taskId: null });
  fake.tell();
  fake.tell({
    state: "failed",
    roads: { "a.example": { state: "failed", attempts: 3, status: 500, at: null, nextAt: null, reason: null } },
  });
});
after(() => Promise.all([machine.close(), fake.close()]));

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
