// The hooks, in StrictMode, over real sockets.
import "./dom.ts";
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { act, cleanup, render, renderHook, waitFor } from "@testing-library/react";
import { Component, createElement as h, type ReactNode, StrictMode, useState } from "react";
import { renderToString } from "react-dom/server";
import { createTaskwire, type Task, type Taskwire, TaskwireError } from "../src/index.ts";
import {
  TaskwireProvider,
  useBatch,
  useChannel,
  useConnectionState,
  useContent,
  useDeleteContent,
  useDeleteTask,
  useGenerate,
  useGenerateBatch,
  useTask,
  useTasks,
  useTaskwire,
} from "../src/react.ts";
import { channelAt, contentAt, frame, numbered, started, taskAt } from "./fixtures.ts";
import { type Reply, Server, ticket } from "./server.ts";

let server: Server;
let taskwire: Taskwire;

beforeEach(async () => {
  server = await Server.start();
  server.answers.set("GET /tasks/tsk_1", { body: { task: taskAt(1) } });
  serveTasks([numbered(2), numbered(1)]);
  taskwire = createTaskwire({ url: server.url, getToken: () => "jwt" });
});

afterEach(async () => {
  cleanup();
  taskwire.close();
  await server.stop();
});

function serveTasks(tasks: Task[], nextCursor: string | null = null): void {
  server.answers.set("GET /tasks", { body: { tasks, nextCursor } });
}

const wrapper = ({ children }: { children: ReactNode }) =>
  h(StrictMode, null, h(TaskwireProvider, { client: taskwire }, children));

function hook<P, T>(use: (props: P) => T, initialProps?: P) {
  return renderHook(use, { wrapper, ...(initialProps === undefined ? {} : { initialProps }) });
}

test("useTask is undefined while it loads, then the task, then each newer version", async () => {
  const seen: (number | undefined)[] = [];
  const { result } = hook(() => {
    const task = useTask("tsk_1");
    seen.push(task?.version);
    return task;
  });
  assert.equal(result.current, undefined);
  await waitFor(() => assert.equal(result.current?.version, 1));
  const { socket } = await server.visit();
  for (const version of [3, 2, 4]) socket.send(frame(taskAt(version)));
  await waitFor(() => assert.equal(result.current?.version, 4));
  assert.deepEqual(
    [...new Set(seen)].filter((version) => version === 2),
    [],
  );
  assert.deepEqual(seen.filter(Number), seen.filter(Number).toSorted());
  assert.equal(server.visits.all.length, 1);
});

test("useTask follows its id, and watches nothing while that is skipped", async () => {
  server.answers.set("GET /tasks/tsk_2", { body: { task: numbered(2) } });
  const { result, rerender } = hook(({ id }: { id: string | null }) => useTask(id), { id: "skip" as string | null });
  rerender({ id: null });
  assert.deepEqual(server.calls, []);
  rerender({ id: "tsk_1" });
  await waitFor(() => assert.equal(result.current?.taskId, "tsk_1"));
  rerender({ id: "tsk_2" });
  assert.equal(result.current, undefined);
  await waitFor(() => assert.equal(result.current?.taskId, "tsk_2"));
});

test("useTask with a ticket asks for no token", async () => {
  taskwire = createTaskwire({ url: server.url });
  const { result } = hook(() => useTask("tsk_1", { ticket: "lent" }));
  await waitFor(() => assert.equal(result.current?.version, 1));
  assert.equal((await server.visit()).ticket, "lent");
});

class Boundary extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    const { error } = this.state;
    return error instanceof TaskwireError ? h("p", null, error.code) : this.props.children;
  }
}

test("a task that is not found is thrown to the error boundary", async (t) => {
  t.mock.method(console, "error", () => {});
  const Card = () => h("p", null, useTask("tsk_9")?.taskId ?? "loading");
  const page = render(h(Boundary, null, h(Card)), { wrapper });
  await page.findByText("loading");
  await page.findByText("not_found");
});

test("useTasks shows live pages, and loads more", async () => {
  serveTasks([numbered(3), numbered(2)], "older");
  const { result } = hook(() => useTasks({ initialNumItems: 2 }));
  assert.deepEqual(
    [result.current.status, result.current.isLoading, result.current.results],
    ["LoadingFirstPage", true, []],
  );
  await waitFor(() => assert.equal(result.current.status, "CanLoadMore"));
  const { socket } = await server.visit();
  socket.send(frame(numbered(4)));
  await waitFor(() => assert.equal(result.current.results.length, 3));

  server.answers.set("GET /tasks", { status: 503, body: { error: { code: "unavailable", message: "Not now." } } });
  act(() => result.current.loadMore(5));
  assert.equal(result.current.status, "LoadingMore");
  await waitFor(() => assert.equal(result.current.status, "CanLoadMore"));
  assert.equal(result.current.error?.code, "unavailable");

  serveTasks([numbered(1)]);
  act(() => {
    result.current.loadMore(5);
    result.current.loadMore(5);
  });
  await waitFor(() => assert.equal(result.current.status, "Exhausted"));
  assert.deepEqual(
    result.current.results.map(({ taskId }) => taskId),
    ["tsk_4", "tsk_3", "tsk_2", "tsk_1"],
  );
  assert.equal(result.current.error, null);
  assert.equal(server.lines.filter((line) => line === "GET /tasks?limit=5&cursor=older").length, 2);
});

test("a list that is skipped loads nothing", () => {
  const { result } = hook(() => [useTasks("skip"), useContent("skip")]);
  assert.deepEqual(
    result.current.map(({ status }) => status),
    ["LoadingFirstPage", "LoadingFirstPage"],
  );
  assert.deepEqual(server.calls, []);
});

test("useGenerate puts a pending row on top, which the task replaces", async () => {
  const lengths = new Set<number>();
  const { result } = hook(() => {
    const page = useTasks();
    lengths.add(page.results.length);
    return { ...page, generate: useGenerate() };
  });
  await waitFor(() => assert.equal(result.current.results.length, 2));
  const { socket } = await server.visit();
  const answer = Promise.withResolvers<Reply>();
  server.answers.set("POST /generate", () => answer.promise);
  let starting: Promise<unknown> = Promise.resolve();
  act(() => {
    starting = result.current.generate({ prompt: "a fox", model: "m", count: 2 });
  });
  const [row] = result.current.results;
  assert.deepEqual(
    [row?.isOptimistic, row?.taskId, row?.status, row?.prompt, row?.images.length],
    [true, null, "pending", "a fox", 2],
  );

  // The feed shows the task before the start is answered.
  const task = numbered(3, { images: [{ id: "a" }, { id: "b" }] as never });
  socket.send(frame(task));
  await waitFor(() => assert.equal(result.current.results[0]?.taskId, "tsk_3"));
  answer.resolve(started(task));
  await act(() => starting);
  assert.deepEqual(
    result.current.results.map(({ taskId }) => taskId),
    ["tsk_3", "tsk_2", "tsk_1"],
  );
  assert.deepEqual([...lengths], [0, 2, 3]);
});

test("two starts of the same request are two rows, in whatever order they are answered", async () => {
  const pictured = (number: number) => numbered(number, { images: [{ id: `row_${number}` }] as never });
  // Older tasks with the same prompt must not be taken for them.
  serveTasks([pictured(2), pictured(1)]);
  const { result } = hook(() => ({ ...useTasks(), generate: useGenerate() }));
  await waitFor(() => assert.equal(result.current.results.length, 2));
  const answers = [Promise.withResolvers<Reply>(), Promise.withResolvers<Reply>()] as const;
  const waiting = [...answers];
  server.answers.set("POST /generate", () => waiting.shift()?.promise ?? { status: 500 });
  const request = { prompt: "a fox", model: "m" };
  let starts: Promise<unknown>[] = [];
  act(() => {
    starts = [result.current.generate(request), result.current.generate(request)];
  });
  assert.equal(result.current.results.length, 4);
  // The feed shows one of them first: it replaces one row, not both.
  const { socket } = await server.visit();
  socket.send(frame(pictured(4)));
  await waitFor(() =>
    assert.deepEqual(
      result.current.results.map(({ taskId }) => taskId),
      [null, "tsk_4", "tsk_2", "tsk_1"],
    ),
  );
  answers[1].resolve(started(pictured(4)));
  await act(() => Promise.race(starts));
  assert.deepEqual(
    result.current.results.map(({ taskId }) => taskId),
    [null, "tsk_4", "tsk_2", "tsk_1"],
  );
  answers[0].resolve(started(pictured(3)));
  await act(() => Promise.all(starts));
  assert.deepEqual(
    result.current.results.map(({ taskId }) => taskId),
    ["tsk_4", "tsk_3", "tsk_2", "tsk_1"],
  );
});

test("a refused start removes its row, and a start whose answer is lost keeps its key", async () => {
  const { result } = hook(() => ({ ...useTasks(), generate: useGenerate() }));
  await waitFor(() => assert.equal(result.current.results.length, 2));
  server.answers.set("POST /generate", { status: 422, body: { error: { code: "validation_error", message: "No." } } });
  const request = { prompt: "a fox", model: "m" };
  const start = () =>
    act(() =>
      result.current.generate(request).then(
        () => null,
        (error: TaskwireError) => error.code,
      ),
    );
  assert.equal(await start(), "validation_error");
  assert.equal(result.current.results.length, 2);
  const aborter = new AbortController();
  server.answers.set("POST /generate", () => {
    setImmediate(() => aborter.abort());
    return "hang up";
  });
  const lost = result.current.generate(request, { signal: aborter.signal }).then(
    () => null,
    (error: TaskwireError) => error.code,
  );
  assert.equal(await act(() => lost), "aborted");
  server.answers.set("POST /generate", started(numbered(3)));
  assert.equal(await start(), null);
  assert.equal(await start(), null);
  const [refused, first, again, next] = server.calls.flatMap(({ line, headers }) =>
    line === "POST /generate" ? [headers["idempotency-key"]] : [],
  );
  assert.equal(first, again);
  assert.equal(new Set([refused, first, next]).size, 3);
});

const outcome = [() => "done", (error: TaskwireError) => error.code] as const;

test("useGenerateBatch starts a batch that useBatch shows, and keeps the key of a lost answer", async () => {
  const { result } = hook(() => {
    const [id, setId] = useState<string | null>(null);
    return { generateBatch: useGenerateBatch(), batch: useBatch(id), setId };
  });
  const request = { prompts: ["a fox"], models: ["m"] };
  const aborter = new AbortController();
  server.answers.set("POST /generate/batch", () => {
    setImmediate(() => aborter.abort());
    return "hang up";
  });
  await assert.rejects(result.current.generateBatch(request, { signal: aborter.signal }), { code: "aborted" });
  const live = { url: "/batches/btc_1/live", ...ticket("batch") };
  const tasks = [{ taskId: "tsk_1", task: numbered(1) }];
  server.answers.set("POST /generate/batch", { status: 201, body: { batchId: "btc_1", tasks, live } });
  const { batchId } = await result.current.generateBatch(request);
  act(() => result.current.setId(batchId));
  assert.deepEqual(result.current.batch, [numbered(1)]);
  const [lost, again] = server.calls.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(lost, again);
});

test("useContent, useChannel and useBatch show the frames of their sockets", async () => {
  server.answers.set("GET /content", { body: { content: [contentAt(1)], nextCursor: null } });
  server.answers.set("GET /channels/ch_1", { body: { channel: channelAt(1), content: null } });
  server.answers.set("GET /batches/btc_1", { etag: '"1"', body: { batchId: "btc_1", tasks: [numbered(1)] } });
  const { result } = hook(() => ({ content: useContent(), channel: useChannel("ch_1"), batch: useBatch("btc_1") }));
  const visits = new Map(
    [await server.visit(), await server.visit(), await server.visit()].map(({ path, socket }) => [
      path.split("?")[0],
      socket,
    ]),
  );
  visits.get("/content/live")?.send(JSON.stringify({ type: "content", content: contentAt(2) }));
  visits
    .get("/channels/ch_1/live")
    ?.send(JSON.stringify({ type: "channel", channel: channelAt(2), content: contentAt(1) }));
  visits.get("/batches/btc_1/live")?.send(frame(numbered(1, { version: 2 })));
  await waitFor(() => {
    assert.deepEqual(result.current.content.results, [contentAt(2), contentAt(1)]);
    assert.deepEqual(result.current.channel, { channel: channelAt(2), content: contentAt(1) });
    assert.deepEqual(result.current.batch, [numbered(1, { version: 2 })]);
  });
});

test("useDeleteTask takes the row away at once, and shows it again if it could not be deleted", async () => {
  const { result } = hook(() => ({ ...useTasks(), deleteTask: useDeleteTask() }));
  await waitFor(() => assert.equal(result.current.results.length, 2));
  const ids = () => result.current.results.map(({ taskId }) => taskId);
  const answers = [Promise.withResolvers<Reply>(), Promise.withResolvers<Reply>()] as const;
  const waiting = [...answers];
  server.answers.set("DELETE /tasks/tsk_2", () => waiting.shift()?.promise ?? { status: 500 });
  const start = () => result.current.deleteTask("tsk_2").then(...outcome);
  let deleting: Promise<string> | undefined;
  act(() => {
    deleting = start();
  });
  assert.deepEqual(ids(), ["tsk_1"]);
  answers[0].resolve({ status: 403, body: { error: { code: "forbidden", message: "No." } } });
  assert.equal(await act(() => deleting), "forbidden");
  assert.deepEqual(ids(), ["tsk_2", "tsk_1"]);

  act(() => {
    deleting = start();
  });
  // A frame that comes meanwhile does not bring it back.
  const { socket } = await server.visit();
  socket.send(frame(numbered(2, { version: 2 })));
  socket.send(frame(numbered(3)));
  await waitFor(() => assert.deepEqual(ids(), ["tsk_3", "tsk_1"]));
  answers[1].resolve({ status: 204 });
  assert.equal(await act(() => deleting), "done");
  assert.deepEqual(ids(), ["tsk_3", "tsk_1"]);
});

test("useDeleteContent takes the row away at once, and shows it again if it could not be deleted", async () => {
  server.answers.set("GET /content", { body: { content: [contentAt(2), contentAt(1)], nextCursor: null } });
  const { result } = hook(() => ({ ...useContent(), deleteContent: useDeleteContent() }));
  await waitFor(() => assert.equal(result.current.results.length, 2));
  const answer = Promise.withResolvers<Reply>();
  server.answers.set("DELETE /content/c1", () => answer.promise);
  let deleting: Promise<string> | undefined;
  act(() => {
    deleting = result.current.deleteContent("c1").then(...outcome);
  });
  assert.deepEqual(result.current.results, [contentAt(2)]);
  answer.resolve({ status: 403, body: { error: { code: "forbidden", message: "No." } } });
  assert.equal(await act(() => deleting), "forbidden");
  assert.deepEqual(result.current.results, [contentAt(2), contentAt(1)]);
});

test("a task that is erased while a component watches it is thrown to the error boundary", async (t) => {
  t.mock.method(console, "error", () => {});
  const Card = () => h("p", null, useTask("tsk_1")?.taskId ?? "loading");
  const page = render(h(Boundary, null, h(Card)), { wrapper });
  await page.findByText("tsk_1");
  (await server.visit()).socket.send('{"type":"erased","taskId":"tsk_1"}');
  await page.findByText("not_found");
});

test("useConnectionState follows the connection", async () => {
  const { result } = hook(() => [useConnectionState(), useTask("tsk_1")] as const);
  await waitFor(() => assert.equal(result.current[0], "live"));
  const { socket } = await server.visit();
  socket.terminate();
  await waitFor(() => assert.equal(result.current[0], "reconnecting"));
  await waitFor(() => assert.equal(result.current[0], "live"), { timeout: 3_000 });
});

test("a hook outside a provider throws an error that names the provider", (t) => {
  t.mock.method(console, "error", () => {});
  assert.throws(() => renderHook(() => useTaskwire()), /TaskwireProvider/);
});

test("on a server, hooks render the loading state and send no request", () => {
  const Page = () => {
    useGenerate();
    return h(
      "p",
      null,
      [useTask("tsk_1")?.version ?? "loading", useTasks().status, useContent().status, useConnectionState()].join(" "),
    );
  };
  const page = h(TaskwireProvider, { client: taskwire }, h(Page));
  assert.equal(renderToString(page), "<p>loading LoadingFirstPage LoadingFirstPage idle</p>");
  assert.deepEqual(server.calls, []);
});
