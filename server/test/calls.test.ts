// The calls, against a scripted server: what is sent, and what each failure looks like.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import * as client from "../../client/src/index.ts";
import { started, taskAt } from "../../client/test/fixtures.ts";
import { type Reply, Server, ticket } from "../../client/test/server.ts";
import { createTaskwireServer, type ForUser, TaskwireError } from "../src/index.ts";

const KEY = "twk_0123456789abcdef0123456789abcdef";
const REQUEST = { prompt: "a fox", model: "m" };

let server: Server;
let ada: ForUser;

beforeEach(async () => {
  server = await Server.start();
  ada = createTaskwireServer({ url: `${server.url}/`, key: KEY }).as("ada");
});

afterEach(() => server.stop());

async function refused(promise: Promise<unknown>): Promise<TaskwireError> {
  const error = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(error instanceof TaskwireError, String(error));
  return error;
}

test("has every call of the client by the same name, but for what watches", () => {
  const page = client.createTaskwire();
  const names = (object: object) => Object.keys(object).sort();
  const own = new Set(["connectionState", "close"]);
  assert.deepEqual(
    names(ada),
    names(page).filter((name) => !own.has(name)),
  );
  const watching = new Set(["current", "error", "subscribe", "loadMore"]);
  for (const [mine, theirs] of [
    [ada.task("tsk_1"), page.task("tsk_1")],
    [ada.tasks(), page.tasks()],
    [ada.content(), page.content()],
  ] as const) {
    for (const name of names(theirs).filter((name) => !watching.has(name))) assert.ok(name in mine, name);
  }
});

test("each call is sent with the key, for its user, to its route", async () => {
  const body = { tasks: [], content: [], nextCursor: null, task: taskAt(1), channel: {}, ...ticket("t") };
  const usual: Reply = { body };
  for (const line of [
    "POST /generate",
    "POST /generate/batch",
    "POST /tasks",
    "POST /ai",
    "POST /estimate",
    "GET /models",
    "GET /tasks/tsk_1",
    "POST /tasks/tsk_1/ticket",
    "GET /tasks",
    "POST /tasks/ticket",
    "GET /batches/b1",
    "POST /batches/b1/ticket",
    "GET /content",
    "GET /content/c1",
    "POST /content/ticket",
    "GET /channels/ch_1",
    "POST /channels/ch_1/ticket",
    "DELETE /tasks/tsk_1",
    "DELETE /content/c1",
    "DELETE /users/me",
  ])
    server.answers.set(line, usual);
  const { signal } = new AbortController();
  await ada.generate(REQUEST, { signal, idempotencyKey: "k1" });
  await ada.generateBatch({ prompts: ["a"], models: ["m"] });
  await ada.start("image.alt", { url: "https://pictures.example/fox.png" });
  await ada.ai({ workflow: "w", messages: [{}] });
  await ada.estimate(REQUEST);
  await ada.models({ signal });
  await ada.task("tsk_1").get();
  await ada.task("tsk_1").ticket({ share: true });
  await ada.tasks().list({ limit: 2, status: "completed", cursor: null });
  await ada.tasks().ticket();
  await ada.batch("b1").get();
  await ada.batch("b1").ticket();
  await ada.content().list();
  await ada.content().get("c1");
  await ada.content().ticket();
  await ada.channel("ch_1").get();
  await ada.channel("ch_1").ticket();
  await ada.deleteTask("tsk_1");
  await ada.deleteContent("c1");
  await ada.deleteMe();
  assert.deepEqual(
    server.lines.map((line) => line.split("?")[0]),
    [...server.answers.keys()],
  );
  assert.ok(server.lines.includes("GET /tasks?limit=2&status=completed"));
  assert.ok(server.lines.includes("POST /tasks/tsk_1/ticket?share=true"));
  for (const { line, headers } of server.calls) {
    assert.deepEqual([headers.authorization, headers["taskwire-user"]], [`Bearer ${KEY}`, "ada"], line);
    const starts = /^POST \/(generate|generate\/batch|tasks|ai)$/.test(line);
    assert.equal(headers["idempotency-key"] !== undefined, starts, line);
  }
  assert.equal(server.calls[0]?.headers["idempotency-key"], "k1");
});

test("each user is asked for by their own calls, also at the same time", async () => {
  const taskwire = createTaskwireServer({ url: server.url, key: KEY });
  server.answers.set("GET /tasks/tsk_1", ({ headers }) => ({
    body: { task: taskAt(1, { userId: String(headers["taskwire-user"]) }) },
  }));
  const users = ["ada", "auth0|65f0", "a b", "x".repeat(255)];
  const tasks = await Promise.all(users.map((user) => taskwire.as(user).task("tsk_1").get()));
  assert.deepEqual(
    tasks.map(({ userId }) => userId),
    users,
  );
});

describe("a refusal", () => {
  test("is the server's own, with its status, code, message and issues, and is not asked for again", async () => {
    const issues = [{ path: "count", message: "must be 1 to 20" }];
    const body = { error: { code: "validation_error", message: "count: must be 1 to 20", issues } };
    server.answers.set("POST /generate", { status: 422, body });
    const error = await refused(ada.generate(REQUEST));
    assert.deepEqual(
      [error.name, error.status, error.code, error.message, error.issues],
      ["TaskwireError", 422, "validation_error", "count: must be 1 to 20", issues],
    );
    assert.equal(server.calls.length, 1);
  });

  test("of the key is asked for once: there is no other key", async () => {
    const body = { error: { code: "unauthorized", message: "The server key is unknown." } };
    server.answers.set("GET /tasks/tsk_1", { status: 401, body });
    const error = await refused(ada.task("tsk_1").get());
    assert.deepEqual([error.status, error.code, error.message], [401, "unauthorized", "The server key is unknown."]);
    assert.equal(server.calls.length, 1);
  });

  test("by a proxy has its status as code", async () => {
    server.answers.set("GET /models", { status: 502, text: "<h1>Bad gateway</h1>" });
    const { status, code } = await refused(ada.models());
    assert.deepEqual([status, code], [502, "http_502"]);
  });
});

test("a start whose answer is lost is sent again under its key", { timeout: 20_000 }, async () => {
  const replies: Reply[] = ["hang up", started(taskAt(1))];
  server.answers.set("POST /generate", () => replies.shift() ?? "hang up");
  assert.equal((await ada.generate(REQUEST)).taskId, "tsk_1");
  const keys = server.calls.map(({ headers }) => headers["idempotency-key"]);
  assert.ok(keys.length === 2 && keys[0] && keys[0] === keys[1], String(keys));
});

test("the tasks of a batch come in the order of the request", async () => {
  const tasks = [taskAt(1, { taskId: "third" }), taskAt(1, { taskId: "second" }), taskAt(1, { taskId: "first" })];
  server.answers.set("GET /batches/b1", { body: { batchId: "b1", tasks } });
  assert.deepEqual(
    (await ada.batch("b1").get()).map(({ taskId }) => taskId),
    ["first", "second", "third"],
  );
});

test("another fetch can be given, and a call can be aborted", async () => {
  const seen: string[] = [];
  const through: typeof fetch = (url, init) => {
    seen.push(String(url));
    return fetch(url, init);
  };
  const aborter = new AbortController();
  const eve = createTaskwireServer({ url: server.url, key: KEY, fetch: through }).as("eve");
  server.answers.set("GET /models", () => {
    aborter.abort();
    return { body: { models: [] } };
  });
  assert.equal((await refused(eve.models({ signal: aborter.signal }))).code, "aborted");
  assert.deepEqual(seen, [`${server.url}/models`]);
});

describe("a wrong argument is an error that names it, and does not say what it was:", () => {
  const url = "https://tasks.example.com";
  const make = (options: object) => () => createTaskwireServer({ url, key: KEY, ...options } as never);

  test("url", () => {
    for (const bad of [
      undefined,
      null,
      "",
      "/tasks",
      "tasks.example.com",
      "ftp://x.example",
      `${url}?a=1`,
      `${url}#a`,
    ]) {
      assert.throws(make({ url: bad }), { name: "TypeError", message: /^createTaskwireServer: url must / });
    }
    assert.doesNotThrow(make({ url: `${url}/api/` }));
  });

  test("key", () => {
    for (const bad of [
      undefined,
      "",
      "Bearer",
      "twk_short",
      KEY.replace("twk_", "key_"),
      `${KEY}\n`,
      `${KEY} ${KEY}`,
    ]) {
      assert.throws(make({ key: bad }), (error: Error) => {
        assert.match(error.message, /^createTaskwireServer: key must /);
        return error instanceof TypeError && !error.message.includes("0123");
      });
    }
  });

  test("userId", () => {
    const taskwire = createTaskwireServer({ url, key: KEY });
    for (const bad of [undefined, null, 7, "", " ", " ada", "ada ", "a\nb", "Zoë", "x".repeat(256)]) {
      assert.throws(() => taskwire.as(bad as string), { name: "TypeError", message: /^as: userId must / });
    }
  });
});
