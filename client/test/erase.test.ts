// Deleting, and what was deleted by someone else: it goes from every value, and nothing brings it back.
import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, mock, test } from "node:test";
import { createTaskwire, type List, type Taskwire } from "../src/index.ts";
import { channelAt, contentAt, frame, numbered, started, taskAt, Watcher } from "./fixtures.ts";
import { Queue } from "./queue.ts";
import { type Reply, Server, ticket, type Visit } from "./server.ts";

let server: Server;
let taskwire: Taskwire;

beforeEach(async () => {
  server = await Server.start();
  taskwire = createTaskwire({ url: server.url, getToken: () => "jwt" });
});

afterEach(async () => {
  taskwire.close();
  await server.stop();
  mock.timers.reset();
});

async function closed(socket: Visit["socket"]): Promise<number> {
  const [code] = await once(socket, "close", { signal: AbortSignal.timeout(5_000) });
  return code as number;
}

const erasedTask = (taskId: string): string => JSON.stringify({ type: "erased", taskId });
const erasedContent = (contentId: string): string => JSON.stringify({ type: "erased", contentId, channelId: "ch_1" });
const refusal = (status: number, code: string): Reply => ({ status, body: { error: { code, message: "No." } } });

function serve(tasks: number[], nextCursor: string | null = null): void {
  server.answers.set("GET /tasks", { body: { tasks: tasks.map((number) => numbered(number)), nextCursor } });
}

function serveContent(rows: number[], nextCursor: string | null = null): void {
  server.answers.set("GET /content", { body: { content: rows.map(contentAt), nextCursor } });
}

/** Watches the tasks until the socket is live. */
async function watchTasks() {
  const watcher = new Watcher(taskwire.tasks());
  const visit = await server.visit();
  await isLive();
  return { watcher, visit };
}

async function isLive(): Promise<void> {
  const states = new Queue<string>("a state");
  taskwire.connectionState.subscribe((state) => states.push(state));
  await states.find((state) => state === "live");
}

function shows(watcher: Watcher<List<{ taskId?: string | null; id?: string }>>, ids: string[]): Promise<unknown> {
  return watcher.values.until(
    () => JSON.stringify(watcher.last?.items.map(({ taskId, id }) => taskId ?? id)) === JSON.stringify(ids),
  );
}

for (const [how, say] of [
  ["by its frame", true],
  ["by the code of its close alone", false],
] as const) {
  test(`a task that is erased while it is watched ends as not found: ${how}`, async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
    const watcher = new Watcher(taskwire.task("tsk_1"));
    const { socket } = await server.visit();
    const gone = closed(socket);
    if (say) socket.send(erasedTask("tsk_1"));
    socket.close(4404);
    const { code, status } = await watcher.errors.next();
    assert.deepEqual([code, status], ["not_found", 404]);
    await gone;
    // Longer than any backoff.
    mock.timers.tick(60_000);
    assert.deepEqual(server.lines, ["GET /tasks/tsk_1", "POST /tasks/tsk_1/ticket"]);
    assert.deepEqual([server.visits.all.length, watcher.errors.all.length], [1, 1]);
    assert.equal(taskwire.connectionState.current, "idle");
  });
}

test("a visitor with a ticket hears that the task was erased", async () => {
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
  const watcher = new Watcher(createTaskwire({ url: server.url }).task("tsk_1", { ticket: "lent" }));
  const { socket } = await server.visit();
  socket.send(erasedTask("tsk_1"));
  assert.equal((await watcher.errors.next()).code, "not_found");
});

test("an erased task leaves the list, the batch and its own value, whichever socket says so", async () => {
  serve([2, 1]);
  const live = { url: "/batches/btc_1/live", ...ticket("batch") };
  const tasks = [1, 2].map((number) => ({ taskId: `tsk_${number}`, task: numbered(number) }));
  server.answers.set("POST /generate/batch", { status: 201, body: { batchId: "btc_1", tasks, live } });
  await taskwire.generateBatch({ prompts: ["a fox"], models: ["a", "b"] });
  const { watcher, visit } = await watchTasks();
  const batch = new Watcher(taskwire.batch("btc_1"));
  const one = new Watcher(taskwire.task("tsk_1"));
  visit.socket.send(erasedTask("tsk_1"));
  assert.equal((await one.errors.next()).code, "not_found");
  assert.deepEqual(watcher.last, { items: [numbered(2)], nextCursor: null });
  assert.deepEqual(batch.last, [numbered(2)]);

  // Who comes later is told at once, also where the server still has it.
  server.answers.set("GET /tasks/tsk_9", { body: { task: numbered(9) } });
  for (const id of ["tsk_1", "tsk_9"]) visit.socket.send(erasedTask(id));
  visit.socket.send(frame(numbered(3)));
  await shows(watcher, ["tsk_3", "tsk_2"]);
  assert.equal((await new Watcher(taskwire.task("tsk_9")).errors.next()).code, "not_found");
  assert.ok(!server.lines.includes("GET /tasks/tsk_9"));
  // Nobody is told twice.
  assert.equal(one.errors.all.length, 1);
});

test("a page, a frame or an answer from before the erasing does not bring a task back", async () => {
  serve([3, 2], "older");
  const { watcher, visit } = await watchTasks();
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<Reply>()];
  server.answers.set("GET /tasks", () => {
    asked.resolve();
    return answer.promise;
  });
  const loading = taskwire.tasks().loadMore();
  await asked.promise;
  visit.socket.send(erasedTask("tsk_1"));
  visit.socket.send(erasedTask("tsk_2"));
  await shows(watcher, ["tsk_3"]);
  answer.resolve({ body: { tasks: [numbered(2), numbered(1)], nextCursor: null } });
  await loading;
  visit.socket.send(frame(numbered(2, { version: 9 })));
  visit.socket.send(frame(numbered(4)));
  await shows(watcher, ["tsk_4", "tsk_3"]);

  // Nor does the socket that takes the place of this one, and what is read then.
  server.answers.set("GET /tasks", { body: { tasks: [4, 3, 2].map((number) => numbered(number)), nextCursor: null } });
  visit.socket.terminate();
  const again = await server.visit();
  for (const number of [2, 3, 4, 5]) again.socket.send(frame(numbered(number)));
  await shows(watcher, ["tsk_5", "tsk_4", "tsk_3"]);
  server.answers.set("POST /generate", started(numbered(2)));
  await taskwire.generate({ prompt: "a fox", model: "m" });
  assert.ok(watcher.values.all.slice(1).every(({ items }) => items.every(({ taskId }) => taskId !== "tsk_1")));
  assert.deepEqual(
    watcher.last?.items.map(({ taskId }) => taskId),
    ["tsk_5", "tsk_4", "tsk_3"],
  );
});

test("what was erased while a list was away is gone when it is back", async () => {
  serve([5, 4, 3, 2], "older");
  const { watcher, visit } = await watchTasks();
  serve([6, 5, 3, 1], "oldest");
  visit.socket.terminate();
  const again = await server.visit();
  // The newest arrives while the list is read: it is not in the page, and stays.
  again.socket.send(frame(numbered(7)));
  await shows(watcher, ["tsk_7", "tsk_6", "tsk_5", "tsk_3", "tsk_1"]);
});

test("a row of the same moment as the last one that was read may be on the next page, and stays", async () => {
  const { createdAt } = numbered(1);
  serve([3], null);
  const { watcher, visit } = await watchTasks();
  for (const number of [1, 2]) visit.socket.send(frame(numbered(number, { createdAt })));
  await shows(watcher, ["tsk_3", "tsk_2", "tsk_1"]);
  // The server has these two in the other order.
  server.answers.set("GET /tasks", {
    body: { tasks: [numbered(4), numbered(1, { createdAt })], nextCursor: "more" },
  });
  visit.socket.terminate();
  (await server.visit()).socket.send(frame(numbered(5)));
  await shows(watcher, ["tsk_5", "tsk_4", "tsk_2", "tsk_1"]);
});

test("a batch that is back does not have what was erased meanwhile", async () => {
  server.answers.set("GET /batches/btc_1", { etag: '"2"', body: { tasks: [numbered(2), numbered(1)] } });
  const watcher = new Watcher(taskwire.batch("btc_1"));
  const { socket } = await server.visit();
  await isLive();
  server.answers.set("GET /batches/btc_1", { etag: '"1"', body: { tasks: [numbered(2)] } });
  socket.terminate();
  (await server.visit()).socket.send(frame(numbered(2)));
  await watcher.values.until(() => watcher.last?.length === 1);
  assert.deepEqual(watcher.last, [numbered(2)]);
});

test("an erased row of content leaves the list, and its channel stays without it", async () => {
  serveContent([2, 1]);
  server.answers.set("GET /channels/ch_1", {
    body: { channel: channelAt(2, { status: "completed" }), content: { ...contentAt(2), callback: "pending" } },
  });
  const list = new Watcher(taskwire.content());
  const { socket } = await server.visit();
  const channel = new Watcher(taskwire.channel("ch_1"));
  const own = await server.visit();
  socket.send(erasedContent("c2"));
  await shows(list, ["c1"]);
  const shown = { channel: channelAt(2, { status: "completed" }), content: null };
  assert.deepEqual(channel.last, shown);
  assert.deepEqual(channel.errors.all, []);
  // It has nothing more to wait for.
  assert.equal(await closed(own.socket), 1000);
  socket.send(JSON.stringify({ type: "content", content: contentAt(2) }));
  socket.send(JSON.stringify({ type: "content", content: contentAt(3) }));
  await shows(list, ["c3", "c1"]);
});

test("a channel whose row is erased on its own socket stays", async () => {
  const channel = channelAt(2);
  server.answers.set("GET /channels/ch_1", { body: { channel, content: { ...contentAt(2), callback: "pending" } } });
  const watcher = new Watcher(taskwire.channel("ch_1"));
  const { socket } = await server.visit();
  socket.send(erasedContent("c2"));
  await watcher.values.until(() => watcher.last?.content === null);
  socket.send(JSON.stringify({ type: "channel", channel: channelAt(3), content: contentAt(2) }));
  await watcher.values.until(() => watcher.last?.channel.version === 3);
  assert.deepEqual(watcher.last, { channel: channelAt(3), content: null });
});

test("a channel that is erased as a whole ends as not found, and its rows leave the list", async () => {
  server.answers.set("GET /content", {
    body: { content: [contentAt(3), contentAt(2), { ...contentAt(1), channelId: "ch_2" }], nextCursor: null },
  });
  server.answers.set("GET /channels/ch_1", { body: { channel: channelAt(1), content: null } });
  const list = new Watcher(taskwire.content());
  const { socket } = await server.visit();
  const channel = new Watcher(taskwire.channel("ch_1"));
  await server.visit();
  socket.send('{"type":"erased","channelId":"ch_1","contentId":null}');
  await shows(list, ["c1"]);
  assert.equal((await channel.errors.next()).code, "not_found");
  socket.send(JSON.stringify({ type: "content", content: contentAt(4) }));
  socket.send(JSON.stringify({ type: "content", content: { ...contentAt(5), channelId: "ch_2" } }));
  await shows(list, ["c5", "c1"]);
});

test("content does not resume after a row that was erased while it was away", async () => {
  serveContent([3, 2, 1]);
  const list = new Watcher(taskwire.content());
  const { socket } = await server.visit();
  await isLive();
  serveContent([2, 1]);
  // The server refuses a socket after a row that it does not have.
  server.upgrades.push("refuse");
  socket.terminate();
  assert.equal(await server.turnedAway.next(), "/content/live?after=c3");
  const again = await server.visit();
  assert.equal(again.path, "/content/live?after=c2");
  await shows(list, ["c2", "c1"]);
});

test("an older row of content that was erased while the list was away is gone when it is back", async () => {
  serveContent([3, 2, 1]);
  const list = new Watcher(taskwire.content());
  const { socket } = await server.visit();
  await isLive();
  serveContent([3, 1]);
  socket.terminate();
  assert.equal((await server.visit()).path, "/content/live?after=c3");
  await shows(list, ["c3", "c1"]);
});

test("deleteTask resolves when the task is gone, and takes it out of the list", async () => {
  serve([2, 1]);
  const { watcher } = await watchTasks();
  const answers: Reply[] = [{ status: 204 }, { status: 202, body: { erasing: true } }];
  for (const number of [1, 2]) server.answers.set(`DELETE /tasks/tsk_${number}`, answers[number - 1] as Reply);
  await taskwire.deleteTask("tsk_1");
  assert.deepEqual(watcher.last?.items, [numbered(2)]);
  await taskwire.deleteTask("tsk_2");
  assert.deepEqual(watcher.last?.items, []);
  assert.deepEqual(watcher.errors.all, []);
});

test("deleting what is gone already is done, also when only the answer was lost", async () => {
  serveContent([2, 1]);
  const list = new Watcher(taskwire.content());
  await server.visit();
  server.answers.set("DELETE /content/c1", refusal(404, "not_found"));
  await taskwire.deleteContent("c1");
  assert.deepEqual(list.last?.items, [contentAt(2)]);
  const replies: Reply[] = ["hang up", refusal(503, "unavailable"), refusal(404, "not_found")];
  server.answers.set("DELETE /content/c2", () => replies.shift() as Reply);
  await taskwire.deleteContent("c2");
  assert.deepEqual(list.last?.items, []);
  assert.equal(server.lines.filter((line) => line === "DELETE /content/c2").length, 3);
});

test("a refused deletion rejects and takes nothing away, also a 404 that is not the server's", async () => {
  serve([1]);
  const { watcher } = await watchTasks();
  server.answers.set("DELETE /tasks/tsk_1", refusal(405, "method_not_allowed"));
  await assert.rejects(taskwire.deleteTask("tsk_1"), { code: "method_not_allowed", status: 405 });
  server.answers.set("DELETE /tasks/tsk_1", refusal(404, "no_such_route"));
  await assert.rejects(taskwire.deleteTask("tsk_1"), { code: "no_such_route" });
  assert.deepEqual(watcher.last?.items, [numbered(1)]);
});

test("deleteMe empties the lists of what was the user's, and keeps what is started meanwhile", async () => {
  serve([2, 1], "older");
  server.answers.set("GET /content", {
    body: { content: [contentAt(3), { ...contentAt(2), userId: "ada" }], nextCursor: "older" },
  });
  const { watcher, visit } = await watchTasks();
  const list = new Watcher(taskwire.content());
  await server.visit();
  const one = new Watcher(taskwire.task("tsk_1"));
  server.answers.set("DELETE /users/me", async () => {
    visit.socket.send(frame(numbered(3)));
    await shows(watcher, ["tsk_3", "tsk_2", "tsk_1"]);
    return { status: 202, body: { erasing: true } };
  });
  await taskwire.deleteMe();
  assert.deepEqual(watcher.last, { items: [numbered(3)], nextCursor: null });
  assert.deepEqual(list.last, { items: [contentAt(3)], nextCursor: "older" });
  assert.equal((await one.errors.next()).code, "not_found");
});

test("deleteMe is sent once: a repetition could delete what was started after it", async () => {
  serve([1]);
  const { watcher } = await watchTasks();
  server.answers.set("DELETE /users/me", "hang up");
  await assert.rejects(taskwire.deleteMe(), { code: "network_error" });
  server.answers.set("DELETE /users/me", refusal(404, "not_found"));
  await assert.rejects(taskwire.deleteMe(), { code: "not_found" });
  assert.equal(server.lines.filter((line) => line === "DELETE /users/me").length, 2);
  assert.deepEqual(watcher.last?.items, [numbered(1)]);
});

test("an erased frame that names nothing known changes nothing", async () => {
  serve([2, 1]);
  const { watcher, visit } = await watchTasks();
  visit.socket.send('{"type":"erased"}');
  visit.socket.send('{"type":"erased","taskId":null}');
  visit.socket.send('{"type":"erased","channelId":"ch_1","contentId":null}');
  visit.socket.send(erasedTask("tsk_9"));
  visit.socket.send(frame(numbered(3)));
  await shows(watcher, ["tsk_3", "tsk_2", "tsk_1"]);
  assert.deepEqual([watcher.values.all.length, watcher.errors.all.length], [2, 0]);
});
