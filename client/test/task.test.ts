// One task, watched over a real WebSocket that drops, stalls, repeats frames and is refused.
import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, mock, test } from "node:test";
import { GRACE_MS } from "../src/entry.ts";
import { createTaskwire, type Task, type Taskwire, TaskwireError } from "../src/index.ts";
import { LASTING_MS, OPEN_WITHIN_MS, PING_EVERY_MS, PONG_WITHIN_MS, TRIES_BEFORE_POLLING } from "../src/link.ts";
import { frame, started, taskAt, Watcher } from "./fixtures.ts";
import { Queue } from "./queue.ts";
import { Server, ticket, type Visit } from "./server.ts";

let server: Server;
let taskwire: Taskwire;
let states: Queue<string>;

beforeEach(async () => {
  server = await Server.start();
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
  server.answers.set("POST /generate", started(taskAt(1)));
  taskwire = createTaskwire({ url: server.url, getToken: () => "jwt" });
  states = new Queue("a state");
  taskwire.connectionState.subscribe((state) => states.push(state));
});

afterEach(async () => {
  taskwire.close();
  await server.stop();
  // After close(): a mocked timer must be cleared by the mock that made it.
  mock.timers.reset();
});

const versions = (watcher: Watcher<Task>): number[] => watcher.values.all.map(({ version }) => version);

const generate = () => taskwire.generate({ prompt: "a fox", model: "m" });

/** Watches a task until its socket is live, at version 1. */
async function live(): Promise<{ watcher: Watcher<Task>; visit: Visit }> {
  const watcher = new Watcher(taskwire.task("tsk_1"));
  const visit = await server.visit();
  await states.find((state) => state === "live");
  return { watcher, visit };
}

async function closed(socket: Visit["socket"]): Promise<number> {
  const [code] = await once(socket, "close", { signal: AbortSignal.timeout(5_000) });
  return code as number;
}

test("a task is read, then watched from the version that was read", async () => {
  const { watcher, visit } = await live();
  assert.deepEqual(server.lines, ["GET /tasks/tsk_1", "POST /tasks/tsk_1/ticket"]);
  assert.ok(server.calls.every(({ headers }) => headers.authorization === "Bearer jwt"));
  assert.deepEqual([visit.path, visit.ticket], ["/tasks/tsk_1/live?version=1", "ticket-1"]);
  visit.socket.send('{"type":"current","version":1}');
  visit.socket.send(frame(taskAt(2)));
  await watcher.values.find(({ version }) => version === 2);
  assert.deepEqual(versions(watcher), [1, 2]);
  assert.deepEqual(taskwire.task("tsk_1").current, taskAt(2));
});

test("a task that was just started has a value at once, and its socket uses the ticket of the start", async () => {
  const { task } = await generate();
  assert.deepEqual(taskwire.task("tsk_1").current, task);
  const watcher = new Watcher(taskwire.task("tsk_1"));
  assert.deepEqual(watcher.values.all, [task]);
  const { path, ticket } = await server.visit();
  assert.deepEqual([path, ticket], ["/tasks/tsk_1/live?version=1", "first"]);
  assert.deepEqual(server.lines, ["POST /generate"]);
});

test("progress is shown with the task while that is pending, and no version comes of it", async () => {
  const { watcher, visit } = await live();
  visit.socket.send('{"type":"progress","taskId":"tsk_1","progress":null,"message":"Position 3 in the queue"}');
  visit.socket.send('{"type":"progress","taskId":"tsk_1","progress":0.76}');
  const shown = await watcher.values.find(({ progress }) => progress?.value === 0.76);
  assert.deepEqual(shown, { ...taskAt(1), progress: { value: 0.76, message: undefined } });
  visit.socket.send(frame(taskAt(2, { status: "completed" })));
  visit.socket.send('{"type":"progress","taskId":"tsk_1","progress":0.9}');
  await watcher.values.find(({ version }) => version === 2);
  assert.deepEqual(versions(watcher), [1, 1, 1, 2]);
  assert.equal(taskwire.task("tsk_1").current?.progress, undefined);
});

test("a model is run by its name, and a task is canceled: what came of it is shown at once", async () => {
  server.answers.set("POST /tasks", started(taskAt(1)));
  const { taskId } = await taskwire.run({ provider: "replicate", model: "a/b", input: { n: 1 } });
  const watcher = new Watcher(taskwire.task(taskId));
  const canceled = taskAt(2, { status: "failed", error: { code: "canceled", message: "The task was canceled." } });
  server.answers.set("POST /tasks/tsk_1/cancel", { status: 202, body: { task: canceled } });
  assert.deepEqual(await taskwire.cancel(taskId), canceled);
  await watcher.values.find(({ version }) => version === 2);
  const refused = { error: { code: "not_cancelable", message: "No." } };
  server.answers.set("POST /tasks/tsk_1/cancel", { status: 409, body: refused });
  await assert.rejects(taskwire.cancel(taskId), (error: TaskwireError) => error.code === "not_cancelable");
});

test("a frame that comes twice or late changes nothing", async () => {
  const { watcher, visit } = await live();
  for (const version of [3, 2, 3, 1, 5, 4, 5]) visit.socket.send(frame(taskAt(version)));
  visit.socket.send("no json");
  visit.socket.send("null");
  visit.socket.send(frame(taskAt(9, { taskId: "tsk_2" })));
  visit.socket.send('{"type":"something new"}');
  visit.socket.send(frame(taskAt(6)));
  await watcher.values.find(({ version }) => version === 6);
  assert.deepEqual(versions(watcher), [1, 3, 5, 6]);
});

test("all subscribers share one socket, and a late one has the value at once", async () => {
  const { watcher, visit } = await live();
  visit.socket.send(frame(taskAt(2)));
  await watcher.values.find(({ version }) => version === 2);
  const late = new Watcher(taskwire.task("tsk_1"));
  assert.deepEqual(versions(late), [2]);
  visit.socket.send(frame(taskAt(3)));
  await late.values.find(({ version }) => version === 3);
  assert.deepEqual(
    [versions(watcher), versions(late)],
    [
      [1, 2, 3],
      [2, 3],
    ],
  );
  assert.equal(server.visits.all.length, 1);
});

test("a socket is kept for a moment after its last subscriber has left", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { watcher, visit } = await live();
  watcher.leave();
  mock.timers.tick(GRACE_MS - 1);
  const back = new Watcher(taskwire.task("tsk_1"));
  assert.deepEqual(versions(back), [1]);
  mock.timers.tick(GRACE_MS);
  assert.equal(visit.socket.readyState, 1);
  back.leave();
  const gone = closed(visit.socket);
  mock.timers.tick(GRACE_MS);
  assert.equal(await gone, 1000);
  assert.equal(taskwire.task("tsk_1").current, undefined);
  assert.equal(taskwire.connectionState.current, "idle");
});

test("a subscription ends by its function and by its signal", async () => {
  const stay = new Watcher(taskwire.task("tsk_1"));
  const aborter = new AbortController();
  const left = new Watcher(taskwire.task("tsk_1"));
  const aborted = new Watcher(taskwire.task("tsk_1"), { signal: aborter.signal });
  const late = new Watcher(taskwire.task("tsk_1"), { signal: AbortSignal.abort() });
  await stay.values.next();
  left.leave();
  aborter.abort();
  const { socket } = await server.visit();
  socket.send(frame(taskAt(2)));
  await stay.values.next();
  assert.deepEqual([left, aborted, late].map(versions), [[1], [1], []]);
});

test("a subscriber that joins during an update hears of it once", async () => {
  const { watcher, visit } = await live();
  const joined: Watcher<Task>[] = [];
  taskwire.task("tsk_1").subscribe(({ version }) => {
    if (version === 2) joined.push(new Watcher(taskwire.task("tsk_1")));
  });
  visit.socket.send(frame(taskAt(2)));
  await watcher.values.find(({ version }) => version === 2);
  assert.deepEqual(joined.map(versions), [[2]]);
});

test("a listener that throws does not stop the others, and its error is logged", async (t) => {
  const shown = t.mock.method(console, "error", () => {});
  const error = new Error("a bad listener");
  taskwire.task("tsk_1").subscribe(() => {
    throw error;
  });
  await new Watcher(taskwire.task("tsk_1")).values.next();
  assert.deepEqual(
    shown.mock.calls.map((call) => call.arguments),
    [[error]],
  );
});

test("the socket of a completed task closes for good", async () => {
  const { watcher, visit } = await live();
  const gone = closed(visit.socket);
  visit.socket.send(frame(taskAt(2, { status: "completed" })));
  assert.equal(await gone, 1000);
  assert.deepEqual(versions(watcher), [1, 2]);
  const late = new Watcher(taskwire.task("tsk_1"));
  assert.deepEqual(versions(late), [2]);
  assert.equal(server.visits.all.length, 1);
});

test("a task that is already completed gets no socket", async () => {
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(2, { status: "completed" }) } });
  const watcher = new Watcher(taskwire.task("tsk_1"));
  await watcher.values.next();
  await states.until(() => states.all.at(-1) === "idle");
  assert.deepEqual(server.lines, ["GET /tasks/tsk_1"]);
});

test("a failed task is final, except after a timeout: a late answer can complete it", async () => {
  const { watcher, visit } = await live();
  visit.socket.send(frame(taskAt(2, { status: "failed", error: { code: "timeout", message: "No answer." } })));
  visit.socket.send(frame(taskAt(3)));
  await watcher.values.find(({ version }) => version === 3);
  const gone = closed(visit.socket);
  visit.socket.send(frame(taskAt(4, { status: "failed", error: { code: "generation_failed", message: "No." } })));
  assert.equal(await gone, 1000);
  assert.deepEqual(versions(watcher), [1, 2, 3, 4]);
});

test("after a drop, the socket resumes from its version with the same ticket", async () => {
  const { watcher, visit } = await live();
  visit.socket.send(frame(taskAt(4)));
  await watcher.values.find(({ version }) => version === 4);
  visit.socket.terminate();
  await states.find((state) => state === "reconnecting");
  const again = await server.visit();
  assert.deepEqual([again.path, again.ticket], ["/tasks/tsk_1/live?version=4", "ticket-1"]);
  again.socket.send(frame(taskAt(7)));
  await watcher.values.find(({ version }) => version === 7);
  assert.deepEqual(versions(watcher), [1, 4, 7]);
});

test("repeated drops do not lead to polling", async () => {
  const { watcher, visit } = await live();
  let { socket } = visit;
  for (let version = 2; version < 6; version++) {
    socket.terminate();
    ({ socket } = await server.visit());
    socket.send(frame(taskAt(version)));
    await watcher.values.find((task) => task.version === version);
  }
  assert.deepEqual(server.lines, ["GET /tasks/tsk_1", "POST /tasks/tsk_1/ticket"]);
  assert.ok(!states.all.includes("polling"));
});

test("a refused socket leads to a new ticket", async () => {
  server.upgrades.push("refuse");
  await generate();
  new Watcher(taskwire.task("tsk_1"));
  const { ticket } = await server.visit();
  assert.equal(ticket, "ticket-1");
  assert.equal(server.turnedAway.all.length, 1);
});

test("a ticket is renewed before it expires", async () => {
  const answer = started(taskAt(1));
  answer.body.live = { url: "", ...ticket("old", 1_000) };
  server.answers.set("POST /generate", answer);
  await generate();
  new Watcher(taskwire.task("tsk_1"));
  const visit = await server.visit();
  assert.equal(visit.ticket, "ticket-1");
});

test("a socket that does not open within its deadline is given up", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  server.upgrades.push("stall");
  new Watcher(taskwire.task("tsk_1"));
  await server.turnedAway.next();
  mock.timers.tick(OPEN_WITHIN_MS);
  assert.equal(states.all.at(-1), "reconnecting");
  mock.timers.tick(1_000);
  await server.visit();
});

test("a quiet socket is pinged, and replaced if no pong comes", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { visit } = await live();
  server.isMute = true;
  const pinged = once(visit.socket, "message", { signal: AbortSignal.timeout(5_000) });
  mock.timers.tick(PING_EVERY_MS);
  assert.equal(String((await pinged)[0]), "ping");
  mock.timers.tick(PONG_WITHIN_MS);
  assert.equal(states.all.at(-1), "reconnecting");
  server.isMute = false;
  mock.timers.tick(1_000);
  await server.visit();
});

test("a quiet socket whose pings are answered is kept", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { visit, watcher } = await live();
  for (const version of [2, 3, 4]) {
    const pinged = once(visit.socket, "message", { signal: AbortSignal.timeout(5_000) });
    mock.timers.tick(PING_EVERY_MS);
    await pinged;
    // The pong is sent before this frame.
    visit.socket.send(frame(taskAt(version)));
    await watcher.values.find((task) => task.version === version);
    mock.timers.tick(PONG_WITHIN_MS);
  }
  assert.equal(server.visits.all.length, 1);
});

test("a task that is not found fails with the server's error, for late subscribers too", async () => {
  server.answers.delete("GET /tasks/tsk_1");
  const watcher = new Watcher(taskwire.task("tsk_1"));
  const error = await watcher.errors.next();
  assert.ok(error instanceof TaskwireError);
  assert.deepEqual([error.status, error.code, error.message], [404, "not_found", "There is nothing here."]);
  const late = new Watcher(taskwire.task("tsk_1"));
  assert.deepEqual(late.errors.all, [error]);
  assert.equal(taskwire.task("tsk_1").error, error);
  assert.equal(server.calls.length, 1);
});

test("after all have left a failed task, the next subscriber tries again", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  server.answers.delete("GET /tasks/tsk_1");
  const watcher = new Watcher(taskwire.task("tsk_1"));
  await watcher.errors.next();
  watcher.leave();
  mock.timers.tick(1);
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
  await new Watcher(taskwire.task("tsk_1")).values.next();
});

test("a task is retried while the server is down", async () => {
  server.answers.set("GET /tasks/tsk_1", "hang up");
  const watcher = new Watcher(taskwire.task("tsk_1"));
  await states.find((state) => state === "reconnecting");
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
  await watcher.values.next();
  assert.deepEqual(watcher.errors.all, []);
});

test("a socket whose ticket has expired is replaced at once, with a fresh ticket, from its version", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.now() });
  const { watcher, visit } = await live();
  visit.socket.send(frame(taskAt(4)));
  await watcher.values.find(({ version }) => version === 4);
  mock.timers.tick(LASTING_MS + 1);
  visit.socket.close(4401, "expired");
  await states.find((state) => state === "reconnecting");
  mock.timers.tick(0);
  const again = await server.visit();
  assert.deepEqual([again.path, again.ticket], ["/tasks/tsk_1/live?version=4", "ticket-2"]);
  again.socket.send(frame(taskAt(5)));
  await watcher.values.find(({ version }) => version === 5);
  assert.deepEqual(versions(watcher), [1, 4, 5]);
  assert.equal(states.all.at(-1), "live");
});

test("a socket whose fresh ticket expires too is replaced after a pause, as one that drops", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.now() });
  const { visit } = await live();
  visit.socket.close(4401, "expired");
  await states.find((state) => state === "reconnecting");
  // The pause is half a second at least.
  mock.timers.tick(499);
  assert.equal(server.calls.length, 2);
  mock.timers.tick(501);
  const again = await server.visit();
  assert.equal(again.ticket, "ticket-2");
});

test("a fresh ticket that is refused, after one has expired, leads to polling, and not to a storm", async () => {
  mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const { visit } = await live();
  mock.timers.tick(LASTING_MS + 1);
  server.isEveryUpgradeRefused = true;
  visit.socket.close(4401, "expired");
  await states.find((state) => state === "polling");
  assert.equal(server.turnedAway.all.length, TRIES_BEFORE_POLLING);
  const tickets = server.lines.filter((line) => line === "POST /tasks/tsk_1/ticket");
  assert.equal(tickets.length, 1 + TRIES_BEFORE_POLLING);
});
