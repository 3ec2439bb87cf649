// The operators' calls: their routes, their answers, and what a refusal looks like.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import {
  type DeliveryDetail,
  type DeliveryPage,
  type EventOut,
  type Replayed,
  type Stats,
  type TaskHistory,
  type TaskwireAdmin,
  TaskwireError,
  type TimelineEntry,
  taskwireAdmin,
} from "../src/admin.ts";
import type * as wire from "../src/wire.ts";
import { taskAt } from "./fixtures.ts";
import { Server } from "./server.ts";

let server: Server;
let admin: TaskwireAdmin;

beforeEach(async () => {
  server = await Server.start();
  admin = taskwireAdmin({ baseUrl: `${server.url}/`, getToken: () => "key" });
});

afterEach(() => server.stop());

test("each call uses its route, says who asks, and returns what the answer is about", async () => {
  const delivery = { id: "12", body: "{}", isComplete: true, settled: null };
  const event = { id: "evt_1", state: "waiting" };
  const stats = { verdicts: { applied: 3 } };
  const history = { task: taskAt(2), timeline: [] };
  const range = { since: "2026-11-26T10:00:00.000Z", until: "2026-11-26T11:00:00.000Z", verdict: "failed" };
  const replayed = { replayed: 1, skipped: 0, verdicts: { applied: 1 }, nextCursor: null };
  const page = { deliveries: [], nextCursor: null };
  const events = { events: [event], nextCursor: "next" };
  const answers: [line: string, body: object][] = [
    ["GET /admin/deliveries", page],
    ["GET /admin/deliveries/12", { delivery }],
    ["POST /admin/deliveries/12/replay", { verdict: "duplicate" }],
    ["POST /admin/replay", replayed],
    ["GET /admin/tasks/a%2Fb", history],
    ["POST /admin/tasks/tsk_1/reconcile", { task: taskAt(3) }],
    ["GET /admin/events", events],
    ["GET /admin/events/evt_1", { event }],
    ["POST /admin/events/evt_1/resend", { event }],
    ["GET /admin/stats", stats],
  ];
  for (const [line, body] of answers) server.answers.set(line, { body });
  assert.deepEqual(await admin.deliveries(), page);
  assert.deepEqual(await admin.delivery("12"), delivery);
  assert.deepEqual(await admin.replay("12"), { verdict: "duplicate" });
  assert.deepEqual(await admin.replayAll(range), replayed);
  assert.deepEqual(await admin.task("a/b"), history);
  assert.equal((await admin.reconcile("tsk_1")).version, 3);
  assert.deepEqual(await admin.events({ state: "failed" }), events);
  assert.deepEqual(await admin.event("evt_1"), event);
  assert.deepEqual(await admin.resend("evt_1"), event);
  assert.deepEqual(await admin.stats(), stats);
  assert.deepEqual(
    server.lines.map((line) => line.split("?")[0]),
    answers.map(([line]) => line),
  );
  assert.ok(server.calls.every(({ headers }) => headers.authorization === "Bearer key"));
  assert.deepEqual(server.calls[3]?.body, range);
});

test("a query has what was given and nothing else", async () => {
  server.answers.set("GET /admin/deliveries", { body: { deliveries: [], nextCursor: null } });
  server.answers.set("GET /admin/stats", { body: {} });
  await admin.deliveries({ verdict: "applied,stale", provider: "", task: null, since: undefined, limit: 5 });
  await admin.deliveries({});
  await admin.stats("2026-11-26T10:00:00.000Z");
  assert.deepEqual(server.lines, [
    "GET /admin/deliveries?verdict=applied%2Cstale&limit=5",
    "GET /admin/deliveries",
    "GET /admin/stats?since=2026-11-26T10%3A00%3A00.000Z",
  ]);
});

test("a refusal is a TaskwireError with the server's code, status and issues", async () => {
  const issues = [{ path: "verdict", message: "There is no such verdict." }];
  const error = { code: "validation_error", message: "verdict", issues };
  server.answers.set("GET /admin/deliveries", { status: 422, body: { error } });
  await assert.rejects(admin.deliveries({ verdict: "odd" }), (thrown) => {
    assert.ok(thrown instanceof TaskwireError);
    assert.deepEqual([thrown.status, thrown.code, thrown.issues], [422, "validation_error", issues]);
    return true;
  });
});

test("a call can be aborted, and goes through the fetch that was given", async () => {
  const asked: string[] = [];
  const given = taskwireAdmin({
    baseUrl: server.url,
    getToken: () => "key",
    fetch: (url, init) => {
      asked.push(String(url));
      return fetch(url, init);
    },
  });
  await assert.rejects(given.stats(null, { signal: AbortSignal.abort() }), { code: "aborted" });
  assert.deepEqual(asked, [`${server.url}/admin/stats`]);
});

type SameFields<Sent, Read> = [keyof Sent, keyof Read] extends [keyof Read, keyof Sent] ? true : never;

test("the types have the fields that the server sends: otherwise this file does not compile", () => {
  const same: [
    SameFields<wire.DeliveryPage, DeliveryPage>,
    SameFields<wire.WholeDelivery, DeliveryDetail>,
    SameFields<wire.ReplayedAll, Replayed>,
    SameFields<wire.SentEvent, EventOut>,
    SameFields<wire.Stats, Stats>,
    SameFields<wire.TaskTimeline, TaskHistory>,
    SameFields<wire.TimelineEntry, TimelineEntry>,
  ] = [true, true, true, true, true, true, true];
  assert.ok(same.every(Boolean));
});
