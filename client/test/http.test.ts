// Requests: what is sent, what is retried, and what each failure looks like.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createHttp } from "../src/http.ts";
import { createTaskwire, type GetTokenOptions, type Taskwire, TaskwireError } from "../src/index.ts";
import { started, taskAt } from "./fixtures.ts";
import { type Reply, Server } from "./server.ts";

let server: Server;
let taskwire: Taskwire;

beforeEach(async () => {
  server = await Server.start();
  taskwire = createTaskwire({ url: `${server.url}/`, getToken: () => "jwt" });
});

afterEach(async () => {
  taskwire.close();
  await server.stop();
});

const REQUEST = { prompt: "a fox", model: "m" };

async function refused(promise: Promise<unknown>): Promise<TaskwireError> {
  const error = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(error instanceof TaskwireError, String(error));
  assert.ok(error instanceof Error);
  return error;
}

/** The replies to `POST /generate`, one after the other. */
function script(...replies: Reply[]): void {
  server.answers.set("POST /generate", () => replies.shift() ?? { status: 500 });
}

const keys = () => server.calls.map(({ headers }) => headers["idempotency-key"]);

test("each start has a new idempotency key, or the caller's", async () => {
  script(started(taskAt(1)), started(taskAt(1)), started(taskAt(1)));
  await taskwire.generate(REQUEST);
  await taskwire.generate(REQUEST);
  await taskwire.generate(REQUEST, { idempotencyKey: "mine" });
  const [one, two, three] = keys();
  assert.match(String(one), /^[!-~]{16,255}$/);
  assert.notEqual(one, two);
  assert.equal(three, "mine");
  assert.deepEqual(server.calls[0]?.body, REQUEST);
  assert.equal(server.calls[0]?.headers["content-type"], "application/json");
});

test("a start whose answer is lost is retried under the same key", async () => {
  const away = { status: 503, body: { error: { code: "unavailable", message: "Not now." } } };
  script("hang up", { status: 502, text: "<h1>Bad gateway</h1>" }, away, started(taskAt(1)));
  const { taskId } = await taskwire.generate(REQUEST);
  assert.equal(taskId, "tsk_1");
  assert.equal(keys().length, 4);
  assert.equal(new Set(keys()).size, 1);
});

test("a start fails after four attempts, with the last error", async () => {
  script("hang up", "hang up", "hang up", "hang up");
  const error = await refused(taskwire.generate(REQUEST));
  assert.deepEqual([error.code, error.status], ["network_error", 0]);
  assert.equal(keys().length, 4);
});

test("a start that was answered is not retried", async () => {
  const issues = [{ path: "count", message: "must be 1 to 20" }];
  script(
    { status: 422, body: { error: { code: "validation_error", message: "count: must be 1 to 20", issues } } },
    { status: 502, body: { error: { code: "insufficient_balance", message: "Top up." } } },
    { status: 503, body: { error: { code: "provider_timeout", message: "Slow." } } },
  );
  const error = await refused(taskwire.generate(REQUEST));
  assert.deepEqual(
    [error.name, error.status, error.code, error.message, error.issues],
    ["TaskwireError", 422, "validation_error", "count: must be 1 to 20", issues],
  );
  assert.deepEqual((await refused(taskwire.generate(REQUEST))).issues, []);
  assert.equal((await refused(taskwire.generate(REQUEST))).code, "provider_timeout");
  assert.equal(server.calls.length, 3);
});

test("a start that is aborted between two attempts ends at once", async () => {
  const aborter = new AbortController();
  server.answers.set("POST /generate", () => {
    setImmediate(() => aborter.abort());
    return "hang up";
  });
  const before = Date.now();
  assert.equal((await refused(taskwire.generate(REQUEST, { signal: aborter.signal }))).code, "aborted");
  assert.ok(Date.now() - before < 450);
  assert.equal(server.calls.length, 1);
  assert.equal((await refused(taskwire.task("tsk_1").get({ signal: aborter.signal }))).code, "aborted");
  assert.equal(server.calls.length, 1);
});

test("a rejected token is refreshed once", async () => {
  const asked: GetTokenOptions[] = [];
  const client = createTaskwire({
    url: server.url,
    getToken: async (options) => {
      asked.push(options);
      return options.forceRefresh ? "fresh" : "stale";
    },
  });
  const no = { status: 401, body: { error: { code: "unauthorized", message: "No." } } };
  server.answers.set("GET /tasks/tsk_1", ({ headers }) =>
    headers.authorization === "Bearer fresh" ? { body: { task: taskAt(1) } } : no,
  );
  assert.equal((await client.task("tsk_1").get()).version, 1);
  server.answers.set("GET /tasks/tsk_1", no);
  assert.equal((await refused(client.task("tsk_1").get())).code, "unauthorized");
  assert.deepEqual(
    asked.map(({ forceRefresh }) => forceRefresh),
    [false, true, false, true],
  );
});

test("without a token nothing is sent, and a getToken() that rejects is a network error", async () => {
  for (const getToken of [() => null, async () => undefined]) {
    assert.deepEqual(
      (await refused(createTaskwire({ url: server.url, getToken }).estimate(REQUEST))).code,
      "unauthorized",
    );
  }
  const offline = createTaskwire({ url: server.url, getToken: () => Promise.reject(new Error("the issuer is away")) });
  const error = await refused(offline.estimate(REQUEST));
  assert.equal(error.code, "network_error");
  assert.match(String(error.cause), /the issuer is away/);
  assert.deepEqual(server.calls, []);
});

test("each call uses its route", async () => {
  const { task } = { task: taskAt(1) };
  server.answers.set("POST /tasks", started(task));
  server.answers.set("POST /estimate", { body: { estimated_cost: "0.03" } });
  const request = { url: "https://pictures.example/fox.png" };
  assert.equal((await taskwire.start("image.rate", request)).taskId, "tsk_1");
  assert.deepEqual(await taskwire.estimate(REQUEST), { estimated_cost: "0.03" });
  assert.deepEqual(
    server.calls.map(({ line, body }) => [line, body]),
    [
      ["POST /tasks", { kind: "image.rate", request }],
      ["POST /estimate", REQUEST],
    ],
  );
});

test("an answer is kept by its ETag, unless it broke off on its way", async () => {
  const { call } = createHttp(server.url, undefined, undefined);
  const tagged = {};
  server.answers.set("GET /tasks/tsk_1", { etag: '"1"', text: '{"task":' });
  assert.equal((await refused(call("/tasks/tsk_1", { tagged }))).code, "network_error");
  server.answers.set("GET /tasks/tsk_1", ({ headers }) =>
    headers["if-none-match"] === '"1"' ? { status: 304 } : { etag: '"1"', body: { task: taskAt(1) } },
  );
  assert.deepEqual(await call("/tasks/tsk_1", { tagged }), { task: taskAt(1) });
  assert.equal(await call("/tasks/tsk_1", { tagged }), null);
});

test("a proxy's error has its status as code, and an answer that is not JSON is a network error", async () => {
  server.answers.set("GET /tasks/tsk_1", { status: 418, text: "<h1>Teapot</h1>" });
  const error = await refused(taskwire.task("tsk_1").get());
  assert.deepEqual([error.status, error.code], [418, "http_418"]);
  server.answers.set("GET /tasks/tsk_1", { text: "<h1>Welcome to the hotel</h1>" });
  assert.equal((await refused(taskwire.task("tsk_1").get())).code, "network_error");
});
