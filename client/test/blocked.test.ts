// Networks that come and go, and networks that block WebSockets.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createTaskwire, type Taskwire } from "../src/index.ts";
import { channelAt, frame, numbered, taskAt, Watcher } from "./fixtures.ts";
import { Queue } from "./queue.ts";
import { type Call, Server } from "./server.ts";

/** The globals of a browser that Node does not have. */
const page = new EventTarget();
const tab = Object.assign(new EventTarget(), { hidden: false });
const browser = {
  addEventListener: page.addEventListener.bind(page),
  document: tab,
};

let server: Server;
let taskwire: Taskwire;
let states: Watcher<string>;

beforeEach(async () => {
  Object.assign(globalThis, browser);
  server = await Server.start();
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
  taskwire = createTaskwire({ url: server.url, getToken: () => "jwt" });
  states = new Watcher(taskwire.connectionState as never);
});

afterEach(async () => {
  taskwire.close();
  await server.stop();
  for (const name of Object.keys(browser)) Reflect.deleteProperty(globalThis, name);
});

/** Polling begins after three failed attempts, at most 3.5 s. Then there is a poll every 2 to 4 s. */
const PATIENCE_MS = 12_000;
const is = (state: string) => states.values.until(() => states.last === state, PATIENCE_MS);

/** Answers with the body, or with 304 if the request has the current ETag. */
function tagged(version: number, body: object) {
  const etag = `"${version}"`;
  return ({ headers }: Call) => (headers["if-none-match"] === etag ? { status: 304, etag } : { etag, body });
}

const versioned = (version: number) => tagged(version, { task: taskAt(version) });

/** The `If-None-Match` of each call. */
const tagsOf = (line: string) =>
  server.calls.filter((call) => call.line === line).map(({ headers }) => headers["if-none-match"]);

test("without sockets, a task is polled by its ETag, until a socket opens", async () => {
  server.isEveryUpgradeRefused = true;
  server.answers.set("GET /tasks/tsk_1", versioned(1));
  const watcher = new Watcher(taskwire.task("tsk_1"));
  await is("polling");
  assert.ok(server.turnedAway.all.length >= 3);
  assert.deepEqual(tagsOf("GET /tasks/tsk_1"), [undefined, '"1"']);

  server.answers.set("GET /tasks/tsk_1", versioned(2));
  await watcher.values.until(() => watcher.last?.version === 2, PATIENCE_MS);

  server.isEveryUpgradeRefused = false;
  const { path, socket } = await server.visits.until(() => server.visits.all[0], 20_000);
  assert.equal(path, "/tasks/tsk_1/live?version=2");
  await is("live");
  socket.send(frame(taskAt(3)));
  await watcher.values.until(() => watcher.last?.version === 3);
  assert.deepEqual(
    watcher.values.all.map(({ version }) => version),
    [1, 2, 3],
  );
  // If polling went on, there would be a poll within four seconds.
  await assert.rejects(states.values.until(() => states.last !== "live", 4_200));
  assert.deepEqual(
    states.values.all.filter((state) => state !== "idle"),
    ["connecting", "reconnecting", "polling", "live"],
  );
});

test("without sockets, a batch is polled by its ETag, in its order and with the refused tasks", async () => {
  server.isEveryUpgradeRefused = true;
  const at = (...versions: number[]) => {
    // Newest first; the second was refused.
    const tasks = versions.map((version, index) =>
      numbered(index + 1, { version, createdAt: taskAt(1).createdAt, ...(index === 1 && { taskId: null }) }),
    );
    return {
      tasks,
      answer: tagged(
        versions.reduce((sum, version) => sum + version),
        { batchId: "btc_1", tasks: tasks.toReversed() },
      ),
    };
  };
  const [first, then] = [at(1, 1, 1), at(1, 1, 2)];
  server.answers.set("GET /batches/btc_1", first.answer);
  const watcher = new Watcher(taskwire.batch("btc_1"));
  await is("polling");
  assert.deepEqual(watcher.values.all, [first.tasks]);
  assert.deepEqual(tagsOf("GET /batches/btc_1"), [undefined, '"3"']);
  server.answers.set("GET /batches/btc_1", then.answer);
  await watcher.values.until(() => watcher.values.all.length > 1, PATIENCE_MS);
  assert.deepEqual(watcher.last, then.tasks);
});

test("without sockets, a channel is polled by its ETag", async () => {
  server.isEveryUpgradeRefused = true;
  const at = (version: number) => ({ channel: channelAt(version), content: null });
  server.answers.set("GET /channels/ch_1", tagged(1, at(1)));
  const watcher = new Watcher(taskwire.channel("ch_1"));
  await is("polling");
  assert.deepEqual(tagsOf("GET /channels/ch_1"), [undefined, '"1"']);
  server.answers.set("GET /channels/ch_1", tagged(2, at(2)));
  await watcher.values.until(() => watcher.last?.channel.version === 2, PATIENCE_MS);
  assert.deepEqual(watcher.values.all, [at(1), at(2)]);
});

test("polling ends when a task is completed, or not found", async () => {
  server.isEveryUpgradeRefused = true;
  const watcher = new Watcher(taskwire.task("tsk_1"));
  server.answers.set("GET /tasks/tsk_2", { body: { task: numbered(2) } });
  const other = new Watcher(taskwire.task("tsk_2"));
  await is("polling");
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(2, { status: "completed" }) } });
  server.answers.delete("GET /tasks/tsk_2");
  await watcher.values.until(() => watcher.last?.version === 2, PATIENCE_MS);
  assert.equal((await other.errors.until(() => other.errors.all[0], PATIENCE_MS)).code, "not_found");
  await is("idle");
});

test("while the server is down, the state is reconnecting and not polling", async () => {
  const watcher = new Watcher(taskwire.task("tsk_1"));
  const { socket } = await server.visit();
  await is("live");
  server.isEveryUpgradeRefused = true;
  const polls = new Queue<string>("a poll");
  server.answers.set("GET /tasks/tsk_1", ({ line }) => {
    polls.push(line);
    return "hang up";
  });
  server.answers.set("POST /tasks/tsk_1/ticket", "hang up");
  socket.terminate();
  await polls.until(() => polls.all.length > 1, PATIENCE_MS);
  assert.ok(!states.values.all.includes("polling"));
  assert.equal(states.last, "reconnecting");
  assert.deepEqual(watcher.errors.all, []);
});

test("without sockets, a list is polled", async () => {
  server.isEveryUpgradeRefused = true;
  server.answers.set("GET /tasks", { body: { tasks: [numbered(1)], nextCursor: null } });
  const watcher = new Watcher(taskwire.tasks());
  await is("polling");
  server.answers.set("GET /tasks", { body: { tasks: [numbered(2), numbered(1, { version: 2 })], nextCursor: null } });
  await watcher.values.until(() => watcher.last?.items.length === 2, PATIENCE_MS);
  assert.deepEqual(watcher.last?.items, [numbered(2), numbered(1, { version: 2 })]);
});

for (const [name, happen] of [
  ["the network comes back", () => page.dispatchEvent(new Event("online"))],
  ["the page becomes visible", () => tab.dispatchEvent(new Event("visibilitychange"))],
] as const) {
  test(`when ${name}, a lost socket reconnects at once`, async () => {
    server.upgrades.push("refuse", "refuse");
    new Watcher(taskwire.task("tsk_1"));
    await server.turnedAway.next();
    await server.turnedAway.next();
    const before = Date.now();
    await is("reconnecting");
    // By the backoff it would take one to two seconds.
    happen();
    await server.visits.until(() => server.visits.all[0], 900);
    assert.ok(Date.now() - before < 1_000);
  });

  test(`when ${name}, an open socket is pinged`, async () => {
    new Watcher(taskwire.task("tsk_1"));
    const { socket } = await server.visit();
    await is("live");
    const pinged = new Promise((resolve) => socket.once("message", (data) => resolve(String(data))));
    happen();
    assert.equal(await pinged, "ping");
    assert.equal(server.visits.all.length, 1);
  });
}

test("a page that becomes hidden sends nothing", async () => {
  new Watcher(taskwire.task("tsk_1"));
  const { socket } = await server.visit();
  await is("live");
  const heard: string[] = [];
  socket.on("message", (data) => heard.push(String(data)));
  tab.hidden = true;
  tab.dispatchEvent(new Event("visibilitychange"));
  tab.hidden = false;
  page.dispatchEvent(new Event("online"));
  await new Promise((resolve) => socket.once("message", resolve));
  assert.deepEqual(heard, ["ping"]);
});

test("the state is offline while the browser is", async () => {
  new Watcher(taskwire.task("tsk_1"));
  await is("live");
  const navigator = Object.getOwnPropertyDescriptor(globalThis, "navigator") as PropertyDescriptor;
  Object.defineProperty(globalThis, "navigator", { value: { onLine: false }, configurable: true });
  page.dispatchEvent(new Event("offline"));
  assert.equal(states.last, "offline");
  Object.defineProperty(globalThis, "navigator", navigator);
  page.dispatchEvent(new Event("online"));
  assert.equal(states.last, "live");
});
