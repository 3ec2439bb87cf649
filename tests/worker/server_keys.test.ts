/** Servers: a backend starts and reads for its users, by a key of its own. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";

const BACKEND = "twk_0123456789abcdef0123456789abcdef";
const REPORTS = "twk_fedcba9876543210fedcba9876543210";
const KEYS = [
  { name: "backend", key: BACKEND, scopes: ["start", "read"] },
  { name: "reports", key: REPORTS, scopes: ["read"] },
];
const timeout = 60_000;

const app = await startApp({ vars: { TASKWIRE_SERVER_KEYS: JSON.stringify(KEYS) } });
after(() => app.close());

function ask(path: string, key: string, user?: string, body?: object) {
  const headers: Record<string, string> = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  if (user !== undefined) headers["taskwire-user"] = user;
  return call(app.base + path, {
    method: body ? "POST" : "GET",
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

const fox = { prompt: "a fox", model: "m/x", count: 1 };

describe("a server with a key", { timeout }, () => {
  test("starts for a user, who has the task, and can watch it", async () => {
    const answer = await ask("/generate", BACKEND, "ada", fox);
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.body.task.userId, "ada");
    const watcher = await app.watch(answer.body.live);
    await app.emulator.deliver(answer.body.taskId);
    await watcher.task("completed");
    watcher.close();
    const ada = await app.as("ada");
    assert.equal((await ada.task(answer.body.taskId)).status, "completed");
    assert.equal((await ask(`/tasks/${answer.body.taskId}`, REPORTS, "ada")).status, 200);
    assertRefused(await ask(`/tasks/${answer.body.taskId}`, REPORTS, "eve"), 404, "not_found");
    const erased = await fetch(`${app.base}/tasks/${answer.body.taskId}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${BACKEND}`, "taskwire-user": "ada" },
    });
    assert.equal(erased.status, 204);
  });

  test("does nothing that its key is not for, and nothing for nobody", async () => {
    const starts = app.starts;
    const reads = await ask("/generate", REPORTS, "ada", fox);
    assertRefused(reads, 403, "insufficient_scope");
    const nobody = await ask("/generate", BACKEND, undefined, fox);
    assertRefused(nobody, 422, "validation_error");
    assert.equal(nobody.body.error.issues[0].path, "Taskwire-User");
    assertRefused(await ask("/tasks", `${BACKEND.slice(0, -1)}0`, "ada"), 401, "unauthorized");
    assertRefused(await ask("/tasks", "twk_", "ada"), 401, "unauthorized");
    assert.equal(app.starts, starts);
    assert.ok(!app.logs.some((line) => line.includes(BACKEND)));
  });

  test("cannot be had by a user who names another", async () => {
    const token = await app.emulator.token({ sub: "eve" });
    const { body } = await ask("/generate", token, "ada", fox);
    assert.equal(body.task.userId, "eve");
  });

  test("is refused by a 503 that names the place, where the keys cannot be read", async (t) => {
    const short = JSON.stringify([{ name: "a", key: "twk_short", scopes: ["read"] }]);
    const other = await startApp({ vars: { TASKWIRE_SERVER_KEYS: short } });
    t.after(() => other.close());
    const ready = await call(`${other.base}/readyz`);
    assertRefused(ready, 503, "not_configured");
    assert.equal(ready.body.error.issues[0].path, "TASKWIRE_SERVER_KEYS[0].key");
    const headers = { authorization: "Bearer twk_short", "taskwire-user": "ada" };
    assertRefused(await call(`${other.base}/tasks`, { headers }), 503, "not_configured");
    // Users are not held up by it.
    assert.deepEqual((await (await other.as("ada")).list()).tasks, []);
  });
});
