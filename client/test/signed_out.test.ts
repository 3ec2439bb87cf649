// Nobody is signed in: getToken() gives null. Nothing is asked, and watchers wait until there is a token.
import "./dom.ts";
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import { createElement as h, type ReactNode } from "react";
import { createTaskwire, type Live, type Taskwire, TaskwireError } from "../src/index.ts";
import { TaskwireProvider, useBatch, useChannel, useContent, useGenerate, useTask, useTasks } from "../src/react.ts";
import { channelAt, contentAt, frame, taskAt, Watcher } from "./fixtures.ts";
import { Queue } from "./queue.ts";
import { Server, ticket } from "./server.ts";

let server: Server;
let taskwire: Taskwire;
let token: string | null | undefined;
/** Whether a fresh token was asked for, once for each time that there was none. */
let looks: Queue<boolean>;

beforeEach(async () => {
  server = await Server.start();
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
  server.answers.set("GET /tasks", { body: { tasks: [taskAt(1)], nextCursor: null } });
  server.answers.set("GET /batches/b1", { body: { batchId: "b1", tasks: [taskAt(1)] } });
  server.answers.set("GET /content", { body: { content: [contentAt(1)], nextCursor: null } });
  server.answers.set("GET /channels/ch_1", { body: { channel: channelAt(1), content: null } });
  token = null;
  looks = new Queue("a look for a token");
  taskwire = createTaskwire({
    url: server.url,
    getToken: async ({ forceRefresh }) => {
      if (!token) looks.push(forceRefresh);
      return token;
    },
  });
});

afterEach(async () => {
  cleanup();
  taskwire.close();
  await server.stop();
});

const REQUEST = { prompt: "a fox", model: "m" };

test("every call is refused without being sent", async () => {
  const calls: (() => Promise<unknown>)[] = [
    () => taskwire.generate(REQUEST),
    () => taskwire.generateBatch({ prompts: ["a fox"], models: ["m"] }),
    () => taskwire.start("image.alt", { url: "https://pictures.example/fox.png" }),
    () => taskwire.ai({ workflow: "w", messages: [{}] }),
    () => taskwire.estimate(REQUEST),
    () => taskwire.models(),
    () => taskwire.task("tsk_1").get(),
    () => taskwire.task("tsk_1").ticket(),
    () => taskwire.tasks().list(),
    () => taskwire.content().list(),
    () => taskwire.content().get("c1"),
    () => taskwire.deleteTask("tsk_1"),
    () => taskwire.deleteContent("c1"),
    () => taskwire.deleteMe(),
  ];
  for (const none of [null, undefined, ""]) {
    token = none;
    for (const call of calls) {
      await assert.rejects(call, (error) => error instanceof TaskwireError && error.code === "unauthorized");
    }
  }
  assert.deepEqual(server.calls, []);
  // Each of them has looked once: a start is not tried again.
  assert.equal(looks.all.length, 3 * calls.length);
});

test("a watcher waits without a request, a socket or an error, until there is a token", async () => {
  const lives: Live<unknown>[] = [
    taskwire.task("tsk_1"),
    taskwire.tasks(),
    taskwire.batch("b1"),
    taskwire.content(),
    taskwire.channel("ch_1"),
  ];
  const watchers = lives.map((live) => new Watcher(live));
  await looks.until(() => looks.all.length >= 2 * lives.length);
  assert.equal(taskwire.connectionState.current, "idle");
  assert.equal(server.calls.length, 0);
  token = "jwt";
  for (const { values } of watchers) await values.next();
  for (const _ of watchers) await server.visit();
  assert.ok(server.calls.every(({ headers }) => headers.authorization === "Bearer jwt"));
  assert.deepEqual(
    watchers.flatMap(({ errors }) => errors.all),
    [],
  );
});

test("a watcher also waits where the last token was refused and there is no other", async () => {
  const no = { status: 401, body: { error: { code: "unauthorized", message: "It has expired." } } };
  server.answers.set("GET /tasks/tsk_1", no);
  token = "stale";
  const client = createTaskwire({
    url: server.url,
    getToken: ({ forceRefresh }) => {
      if (!forceRefresh) return token;
      token = null;
      looks.push(forceRefresh);
      return null;
    },
  });
  const watcher = new Watcher(client.task("tsk_1"));
  await looks.next();
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
  token = "fresh";
  await watcher.values.next();
  assert.deepEqual(watcher.errors.all, []);
  client.close();
});

test("a watcher that leaves, or a client that closes, looks no more", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const watcher = new Watcher(taskwire.task("tsk_1"));
  new Watcher(taskwire.tasks());
  await looks.until(() => looks.all.length === 2);
  await settled();
  watcher.leave();
  t.mock.timers.tick(3_000);
  await settled();
  const count = looks.all.length;
  taskwire.close();
  t.mock.timers.tick(10_000);
  await settled();
  assert.equal(looks.all.length, count);
});

/** When what has been answered already has been taken. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a value that is shown ends when its user has signed out: the next user must not see it", async () => {
  server.answers.set("POST /tasks/tsk_1/ticket", { body: ticket("short", 0) });
  token = "jwt";
  const watcher = new Watcher(taskwire.task("tsk_1"));
  const { socket } = await server.visit();
  socket.send(frame(taskAt(2)));
  await watcher.values.find(({ version }) => version === 2);
  token = null;
  const asked = server.calls.length;
  socket.terminate();
  assert.equal((await watcher.errors.next()).code, "unauthorized");
  assert.equal(server.calls.length, asked);
});

test("the hooks load for as long as nobody is signed in, and then show what there is", async () => {
  const wrapper = ({ children }: { children: ReactNode }) => h(TaskwireProvider, { client: taskwire }, children);
  const { result } = renderHook(
    () => ({
      task: useTask("tsk_1"),
      tasks: useTasks(),
      batch: useBatch("b1"),
      content: useContent(),
      channel: useChannel("ch_1"),
      generate: useGenerate(),
    }),
    { wrapper },
  );
  await looks.until(() => looks.all.length >= 10);
  const { task, tasks, batch, content, channel } = result.current;
  assert.deepEqual([task, batch, channel], [undefined, undefined, undefined]);
  assert.deepEqual([tasks.status, content.status], ["LoadingFirstPage", "LoadingFirstPage"]);
  await assert.rejects(result.current.generate(REQUEST), { code: "unauthorized" });
  await waitFor(() => assert.deepEqual(result.current.tasks.results, []));
  assert.deepEqual(server.calls, []);
  token = "jwt";
  await waitFor(
    () => {
      const { task, tasks, batch, content, channel } = result.current;
      assert.deepEqual([task?.version, channel?.channel.version, batch?.length], [1, 1, 1]);
      assert.deepEqual([tasks.results.length, content.results.length], [1, 1]);
    },
    { timeout: 5_000 },
  );
});

test("without getToken() requests carry no token: something on their way adds it, or they are refused", async () => {
  const client = createTaskwire({ url: server.url });
  const no = { status: 401, body: { error: { code: "unauthorized", message: "A bearer token is required." } } };
  assert.equal((await client.task("tsk_1").get()).version, 1);
  server.answers.set("GET /tasks/tsk_1", no);
  await assert.rejects(client.task("tsk_1").get(), { code: "unauthorized", message: "A bearer token is required." });
  const watcher = new Watcher(client.task("tsk_1"));
  assert.equal((await watcher.errors.next()).code, "unauthorized");
  assert.deepEqual(
    server.calls.map(({ headers }) => headers.authorization),
    [undefined, undefined, undefined],
  );
  client.close();
});
