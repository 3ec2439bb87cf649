// Following deliveries: each new one once and in order, whatever happens to the server, the page or the follower.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import {
  type Delivery,
  type FollowOptions,
  type FollowState,
  type TaskwireAdmin,
  taskwireAdmin,
} from "../src/admin.ts";
import { Queue } from "./queue.ts";
import { type Call, type Reply, Server } from "./server.ts";

const BEGIN = Date.parse("2026-11-26T10:00:00.000Z");
const MINUTE = 60_000;

let server: Server;
let admin: TaskwireAdmin;
/** What the server has. */
let stored: Delivery[];
let following: AbortController;

beforeEach(async () => {
  server = await Server.start();
  server.answers.set("GET /admin/deliveries", answer);
  admin = taskwireAdmin({ baseUrl: server.url, getToken: () => "key" });
  stored = [];
  following = new AbortController();
});

afterEach(async () => {
  following.abort();
  await server.stop();
});

/** Stores a delivery that arrived so many milliseconds after the beginning. */
function store(count = 1, after = stored.length): void {
  for (let at = 0; at < count; at++) {
    const id = String(stored.length + 1);
    stored.push({
      id,
      at: new Date(BEGIN + after + at).toISOString(),
      provider: "mynth",
      event: "task.completed",
      providerDelivery: `msg_${id}`,
      taskId: `tsk_${id}`,
      verdict: "applied",
      status: 200,
      ms: 8,
      bytes: 2,
      reason: null,
    });
  }
}

/** A cursor holds for the filter that it was given for. */
function answer({ line }: Call): Reply {
  const query = new URLSearchParams(line.split("?")[1]);
  const filter = `${query.get("since")},${query.get("task")}`;
  const [last = "0", ...given] = query.get("cursor")?.split(",") ?? [];
  if (query.has("cursor") && given.join() !== filter) {
    return { status: 422, body: { error: { code: "validation_error", message: "cursor" } } };
  }
  const since = query.get("since") ?? "";
  const limit = Number(query.get("limit"));
  const fitting = stored.filter(({ id, at }) => Number(id) > Number(last) && at >= since);
  if (query.get("order") !== "oldest")
    return { body: { deliveries: fitting.reverse().slice(0, limit), nextCursor: null } };
  const deliveries = fitting.slice(0, limit);
  return { body: { deliveries, nextCursor: `${deliveries.at(-1)?.id ?? last},${filter}` } };
}

/** Follows, and keeps what it hears. */
function follow(options: Partial<FollowOptions> = {}) {
  const told = new Queue<string>("a delivery");
  const states = new Queue<FollowState>("a state");
  const cursors = new Queue<string>("a cursor");
  const end = admin.follow({
    onDeliveries: (deliveries) => deliveries.forEach(({ id }) => told.push(id)),
    onState: (state) => states.push(state),
    onCursor: (cursor) => cursors.push(cursor),
    signal: following.signal,
    intervalMs: 5,
    ...options,
  });
  // Only one test looks at how it ends.
  end.catch(() => {});
  return { told, states, cursors, end };
}

const ids = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => String(first + at));

test("what comes from now on is told once and in order, also what is stored after one that arrived later", async () => {
  store(3, 4 * MINUTE);
  const { told, states, cursors } = follow();
  await cursors.next();
  store(1, 0);
  store(2, 5 * MINUTE);
  await told.until(() => told.all.includes("6"));
  store();
  await told.until(() => told.all.includes("7"));
  assert.deepEqual(told.all, ids(4, 7));
  assert.deepEqual(states.all, ["live"]);
});

test("on an empty server the first delivery is told", async () => {
  const { told, cursors } = follow();
  await cursors.next();
  store();
  assert.equal(await told.next(), "1");
});

test("what came after a delivery that is known is told, over several pages without a pause", async () => {
  store(250);
  const { told } = follow({ after: stored[1], intervalMs: 3_600_000 });
  await told.until(() => told.all.length >= 248);
  assert.deepEqual(told.all, ids(3, 250));
  assert.ok(server.lines.every((line) => line.includes("order=oldest&limit=100")));
});

test("a later follower goes on from a cursor, and has the filter in every call", async () => {
  store(2);
  const first = follow({ task: "tsk" });
  await first.cursors.next();
  store();
  await first.told.next();
  const cursor = await first.cursors.next();
  following.abort();
  await first.end;
  following = new AbortController();
  store(2);
  const second = follow({ task: "tsk", cursor, signal: following.signal });
  await second.told.until(() => second.told.all.length >= 2);
  assert.deepEqual([first.told.all, second.told.all], [["3"], ["4", "5"]]);
  const [newest, ...others] = server.lines;
  assert.equal(newest, "GET /admin/deliveries?limit=1");
  assert.ok(others.length > 2 && others.every((line) => line.includes("task=tsk")));
});

test("with `after: null` everything is told from the first one on", async () => {
  store(2);
  const { told } = follow({ after: null });
  await told.until(() => told.all.length >= 2);
  assert.deepEqual(told.all, ["1", "2"]);
});

test("while the server is away it is tried again, and nothing is lost", async () => {
  const { told, states, cursors } = follow();
  await cursors.next();
  server.answers.set("GET /admin/deliveries", "hang up");
  await states.find((state) => state === "reconnecting");
  store(2);
  server.answers.set("GET /admin/deliveries", answer);
  await told.until(() => told.all.length >= 2);
  assert.deepEqual(
    [told.all, states.all],
    [
      ["1", "2"],
      ["live", "reconnecting", "live"],
    ],
  );
});

test("a handler is waited for, and what it throws ends the following before the cursor moves on", async () => {
  store(2);
  const { cursors, end } = follow({
    after: null,
    onDeliveries: async () => {
      await Promise.resolve();
      throw new Error("The disk is full.");
    },
  });
  await assert.rejects(end, /The disk is full/);
  assert.deepEqual(cursors.all, []);
});

test("an error that no retry can change ends the following", async () => {
  server.answers.set("GET /admin/deliveries", { status: 403, body: { error: { code: "forbidden", message: "No." } } });
  const { end } = follow();
  await assert.rejects(end, { code: "forbidden" });
  assert.equal(server.calls.length, 1);
});

test("it ends at once when it is aborted, also in a pause", async () => {
  const { end, cursors } = follow({ intervalMs: 3_600_000 });
  await cursors.next();
  following.abort();
  await end;
  assert.equal(server.calls.length, 2);
});

test("it rests while the page is hidden, and goes on as soon as it is shown", async (t) => {
  const page = Object.assign(new EventTarget(), { hidden: true });
  Object.assign(globalThis, { document: page });
  t.after(() => Reflect.deleteProperty(globalThis, "document"));
  const { told, states, cursors } = follow({ intervalMs: 3_600_000 });
  assert.equal(await states.next(), "paused");
  assert.deepEqual(server.calls, []);
  const show = (isShown: boolean): void => {
    page.hidden = !isShown;
    page.dispatchEvent(new Event("visibilitychange"));
  };
  show(true);
  await cursors.next();
  show(false);
  await states.until(() => states.all.length >= 3);
  const asked = server.calls.length;
  store();
  assert.equal(server.calls.length, asked);
  show(true);
  assert.equal(await told.next(), "1");
  assert.deepEqual(states.all, ["paused", "live", "paused", "live"]);
});
