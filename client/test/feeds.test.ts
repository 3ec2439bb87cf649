// Live lists (tasks, content, a batch) and a channel.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createTaskwire, type List, type Task, type Taskwire } from "../src/index.ts";
import { channelAt, contentAt, frame, numbered, started, Watcher } from "./fixtures.ts";
import { type Call, type Reply, Server, ticket } from "./server.ts";

let server: Server;
let taskwire: Taskwire;

beforeEach(async () => {
  server = await Server.start();
  taskwire = createTaskwire({ url: server.url, getToken: () => "jwt" });
});

afterEach(async () => {
  taskwire.close();
  await server.stop();
});

/** Serves these tasks, newest first, in pages. */
function serveTasks(tasks: () => Task[]): void {
  server.answers.set("GET /tasks", ({ line }: Call) => {
    const query = new URL(line.slice(4), server.url).searchParams;
    const cursor = query.get("cursor");
    const limit = Number(query.get("limit") ?? 20);
    const from = cursor === null ? 0 : tasks().findIndex(({ taskId }) => taskId === cursor) + 1;
    const page = tasks().slice(from, from + limit);
    return { body: { tasks: page, nextCursor: page.length === limit ? page.at(-1)?.taskId : null } };
  });
}

const numbers = (list: List<Task> | undefined) => list?.items.map(({ taskId }) => Number(taskId?.slice(4)));
const down = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, i) => from - i);

async function feed(pageSize?: number) {
  const watcher = new Watcher(taskwire.tasks({ pageSize }));
  const visit = await server.visit();
  const shows = (probe: (list: List<Task>) => unknown) =>
    watcher.values.until(() => watcher.last && probe(watcher.last));
  return { watcher, visit, shows };
}

test("a feed shows its first page, then new and changed tasks", async () => {
  serveTasks(() => [numbered(2), numbered(1)]);
  const { watcher, visit, shows } = await feed();
  assert.deepEqual([visit.path, visit.ticket], ["/tasks/live", "ticket-1"]);
  assert.deepEqual(server.lines, ["GET /tasks?", "POST /tasks/ticket"]);
  for (const task of [numbered(1), numbered(2), numbered(3), numbered(1, { version: 2 }), numbered(3)])
    visit.socket.send(frame(task));
  await shows(({ items }) => items.at(-1)?.version === 2);
  assert.deepEqual(watcher.last, { items: [numbered(3), numbered(2), numbered(1, { version: 2 })], nextCursor: null });
  assert.deepEqual(
    watcher.values.all.map(({ items }) => items.length),
    [2, 3, 3],
  );
});

test("a feed without tasks is empty, not loading", async () => {
  serveTasks(() => []);
  const { watcher } = await feed();
  assert.deepEqual(watcher.last, { items: [], nextCursor: null });
});

test("loadMore adds older pages without a gap", async () => {
  const all = down(50, 1).map((number) => numbered(number));
  serveTasks(() => all);
  const { watcher, visit, shows } = await feed(10);
  assert.deepEqual(numbers(watcher.last), down(50, 41));
  // The socket begins with more tasks than the page has. The older ones come with their own page.
  for (const task of all.toReversed()) visit.socket.send(frame(task));
  visit.socket.send(frame(numbered(51)));
  await shows(({ items }) => items.length === 11);
  assert.deepEqual(numbers(watcher.last), down(51, 41));
  await taskwire.tasks().loadMore(15);
  assert.deepEqual(numbers(watcher.last), down(51, 26));
  await taskwire.tasks().loadMore(100);
  assert.deepEqual(numbers(watcher.last), down(51, 1));
  assert.equal(watcher.last?.nextCursor, null);
  const before = server.calls.length;
  await taskwire.tasks().loadMore();
  assert.equal(server.calls.length, before);
});

test("after a drop, a feed reads again all it shows, because a socket begins with the newest hundred only", async () => {
  let all = down(150, 1).map((number) => numbered(number));
  serveTasks(() => all);
  const { watcher, visit, shows } = await feed(100);
  await taskwire.tasks().loadMore(30);
  assert.deepEqual(numbers(watcher.last), down(150, 21));
  visit.socket.terminate();
  // Meanwhile there are more new tasks than the socket shows, and an old one has changed.
  all = [
    ...down(300, 151).map((number) => numbered(number)),
    ...all.map((task) => (task.taskId === "tsk_30" ? numbered(30, { version: 2 }) : task)),
  ];
  const again = await server.visit();
  for (const task of all.slice(0, 100).toReversed()) again.socket.send(frame(task));
  await shows(({ items }) => items.some(({ version }) => version === 2));
  // In pages of a hundred. The last page reaches down to task 1.
  assert.deepEqual(numbers(watcher.last), down(300, 1));
  assert.deepEqual(
    server.lines.slice(-3),
    ["", "&cursor=tsk_201", "&cursor=tsk_101"].map((cursor) => `GET /tasks?limit=100${cursor}`),
  );
});

test("a page that arrives after close() changes nothing", async () => {
  serveTasks(() => [numbered(2), numbered(1)]);
  const { watcher } = await feed(1);
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<Reply>()];
  server.answers.set("GET /tasks", () => {
    asked.resolve();
    return answer.promise;
  });
  const loading = taskwire.tasks().loadMore();
  await asked.promise;
  taskwire.close();
  answer.resolve({ body: { tasks: [numbered(1)], nextCursor: null } });
  await loading;
  assert.equal(watcher.values.all.length, 1);
  assert.equal(taskwire.connectionState.current, "idle");
});

test("a frame of one socket updates every value that shows the task", async () => {
  serveTasks(() => [numbered(1)]);
  const { watcher, visit } = await feed();
  const one = new Watcher(taskwire.task("tsk_1"));
  assert.deepEqual(one.values.all, [numbered(1)]);
  const own = await server.visit();
  visit.socket.send(frame(numbered(1, { version: 2 })));
  await one.values.find(({ version }) => version === 2);
  own.socket.send(frame(numbered(1, { version: 3 })));
  await one.values.find(({ version }) => version === 3);
  assert.equal(watcher.last?.items[0]?.version, 3);
  visit.socket.send(frame(numbered(1, { version: 2 })));
  server.answers.set("POST /generate", started(numbered(2)));
  await taskwire.generate({ prompt: "a fox", model: "m" });
  assert.deepEqual(numbers(watcher.last), [2, 1]);
  assert.equal(watcher.last?.items[1]?.version, 3);
});

/** A task that the provider refused. It has no id but its row's. */
function refusedTask(row: string, changes: Partial<Task> = {}): Task {
  return numbered(1, { taskId: null, mynthTaskId: null, status: "failed", images: [{ id: row } as never], ...changes });
}

test("a task that was listed before it had an id is not shown twice", async () => {
  const images = [{ id: "row" } as never];
  serveTasks(() => [numbered(1, { taskId: null, version: 0, images })]);
  const { watcher, visit, shows } = await feed();
  visit.socket.send(frame(numbered(1, { images })));
  await shows(({ items }) => items.some(({ taskId }) => taskId === "tsk_1"));
  assert.deepEqual(watcher.last?.items, [numbered(1, { images })]);
});

test("refused tasks have no id, and are still told apart", async () => {
  serveTasks(() => [refusedTask("a"), refusedTask("b")]);
  const { watcher } = await feed();
  assert.deepEqual(
    watcher.last?.items.map(({ images }) => images[0]?.id),
    ["a", "b"],
  );
});

test("list() reads one page, with its filters", async () => {
  serveTasks(() => [numbered(1)]);
  assert.deepEqual(await taskwire.tasks().list({ status: "failed", kind: "image.alt", cursor: null }), {
    items: [numbered(1)],
    nextCursor: null,
  });
  assert.deepEqual(server.lines, ["GET /tasks?status=failed&kind=image.alt"]);
});

test("a batch is shown from its start on, in the order of the request", async () => {
  const live = { url: "/batches/btc_1/live", ...ticket("batch") };
  const refused = { error: { code: "insufficient_balance", message: "No." } };
  const same = { createdAt: numbered(1).createdAt };
  const [one, two] = [numbered(1, same), numbered(2, same)];
  const tasks = [{ taskId: "tsk_1", task: one }, refused, { taskId: "tsk_2", task: two }];
  server.answers.set("POST /generate/batch", { status: 201, body: { batchId: "btc_1", tasks, live } });
  const between = refusedTask("between", same);
  server.answers.set("GET /batches/btc_1", { etag: '"3"', body: { batchId: "btc_1", tasks: [two, between, one] } });
  const { batchId } = await taskwire.generateBatch({ prompts: ["a fox"], models: ["a", "b", "c"] });
  const watcher = new Watcher(taskwire.batch(batchId));
  assert.deepEqual(watcher.values.all, [[one, two]]);
  const visit = await server.visit();
  assert.deepEqual([visit.path, visit.ticket], ["/batches/btc_1/live", "batch"]);
  visit.socket.send(frame({ ...two, version: 2 }));
  visit.socket.send(frame({ ...one, version: 1 }));
  visit.socket.send(frame({ ...one, version: 3 }));
  // The refused task comes over HTTP, once, and does not undo newer versions.
  await watcher.values.until(() => watcher.last?.length === 3 && watcher.last[0]?.version === 3);
  assert.deepEqual(watcher.last, [{ ...one, version: 3 }, between, { ...two, version: 2 }]);
  visit.socket.terminate();
  const again = await server.visit();
  again.socket.send(frame({ ...two, version: 3 }));
  await watcher.values.until(() => watcher.last?.[2]?.version === 3);
  assert.deepEqual(server.lines, ["POST /generate/batch", "GET /batches/btc_1"]);
});

test("batch() with a request throws, and names what starts one", () => {
  const request = { prompts: ["a fox"], models: ["a"] };
  assert.throws(() => taskwire.batch(request as never), { name: "TypeError", message: /generateBatch/ });
  assert.deepEqual(server.calls, []);
});

test("a batch whose tasks were all refused is shown", async () => {
  const tasks = [refusedTask("b"), refusedTask("a")];
  server.answers.set("GET /batches/btc_1", { body: { batchId: "btc_1", tasks } });
  const watcher = new Watcher(taskwire.batch("btc_1"));
  await watcher.values.next();
  assert.deepEqual(watcher.values.all, [tasks.toReversed()]);
});

test("a batch tries the ticket of its start again after a refusal", async () => {
  const live = { url: "/batches/btc_1/live", ...ticket("batch") };
  server.answers.set("POST /generate/batch", {
    status: 201,
    body: { batchId: "btc_1", tasks: [{ taskId: "tsk_1", task: numbered(1) }], live },
  });
  server.answers.set("POST /batches/btc_1/ticket", {
    status: 404,
    body: { error: { code: "not_found", message: "There is nothing here." } },
  });
  server.answers.set("GET /batches/btc_1", { body: { batchId: "btc_1", tasks: [numbered(1, { version: 2 })] } });
  await taskwire.generateBatch({ prompts: ["a fox"], models: ["a"] });
  server.upgrades.push("refuse");
  const watcher = new Watcher(taskwire.batch("btc_1"));
  const visit = await server.visit();
  assert.equal(visit.ticket, "batch");
  assert.equal(watcher.last?.[0]?.version, 2);
  assert.deepEqual(watcher.errors.all, []);
});

test("a batch that is watched by its id alone is read once, then updated by its socket", async () => {
  server.answers.set("GET /batches/btc_1", {
    etag: '"2"',
    body: { batchId: "btc_1", tasks: [numbered(2), numbered(1)] },
  });
  const watcher = new Watcher(taskwire.batch("btc_1"));
  const visit = await server.visit();
  assert.equal(visit.ticket, "ticket-1");
  for (const task of [numbered(1), numbered(2), numbered(1, { version: 2 })]) visit.socket.send(frame(task));
  await watcher.values.until(() => watcher.last?.[0]?.version === 2);
  assert.deepEqual(watcher.values.all, [
    [numbered(1), numbered(2)],
    [numbered(1, { version: 2 }), numbered(2)],
  ]);
  assert.deepEqual(server.lines, ["GET /batches/btc_1", "POST /batches/btc_1/ticket"]);
});

test("content resumes after its newest row, with each row once and in order", async () => {
  server.answers.set("GET /content", { body: { content: [contentAt(2), contentAt(1)], nextCursor: "x" } });
  const watcher = new Watcher(taskwire.content());
  const visit = await server.visit();
  assert.deepEqual([visit.path, visit.ticket], ["/content/live?after=c2", "ticket-1"]);
  for (const number of [3, 4, 3]) visit.socket.send(JSON.stringify({ type: "content", content: contentAt(number) }));
  await watcher.values.until(() => watcher.last?.items.length === 4);
  visit.socket.terminate();
  assert.equal((await server.visit()).path, "/content/live?after=c4");
  assert.deepEqual(watcher.last, { items: [4, 3, 2, 1].map(contentAt), nextCursor: "x" });
  server.answers.set("GET /content/c1", { body: { content: contentAt(1) } });
  assert.deepEqual(await taskwire.content().get("c1"), contentAt(1));
});

test("content that arrives between the first page and the first socket is not lost", async () => {
  const answers = [[], [contentAt(1)]];
  server.answers.set("GET /content", () => ({ body: { content: answers.shift(), nextCursor: null } }));
  const watcher = new Watcher(taskwire.content());
  assert.equal((await server.visit()).path, "/content/live");
  await watcher.values.until(() => watcher.last?.items.length === 1);
});

test("a channel is shown from its start on, resumes from its version, and ends", async () => {
  const live = { url: "/channels/ch_1/live", ...ticket("first") };
  server.answers.set("POST /ai", { status: 201, body: { channelId: "ch_1", channel: channelAt(1), live } });
  await taskwire.ai({ workflow: "w", messages: [{ role: "user", content: "hello" }] });
  const watcher = new Watcher(taskwire.channel("ch_1"));
  assert.deepEqual(watcher.values.all, [{ channel: channelAt(1), content: null }]);
  const { path, ticket: first, socket } = await server.visit();
  assert.deepEqual([path, first], ["/channels/ch_1/live?version=1", "first"]);
  const done = { channel: channelAt(2, { status: "completed" }), content: contentAt(1) };
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.send(JSON.stringify({ type: "channel", ...done }));
  assert.equal(await closed, 1000);
  assert.deepEqual(watcher.values.all, [{ channel: channelAt(1), content: null }, done]);
});
