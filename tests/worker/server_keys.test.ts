/** Servers: a backend starts and reads for its users, by a key of its own. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { rawRequest } from "./support/raw.ts";

const BACKEND = "twk_0123456789abcdef0123456789abcdef";
const REPORTS = "twk_fedcba9876543210fedcba9876543210";
const KEYS = [
  { name: "backend", key: BACKEND, scopes: ["start", "read"] },
  { name: "reports", key: REPORTS, scopes: ["read"] },
];
const timeout = 60_000;

const app = await startApp({
  vars: { TASKWIRE_SERVER_KEYS: JSON.stringify(KEYS), AUTH_TOKEN_HEADER: "Cf-Access-Jwt-Assertion" },
});
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

  test("cannot be had by a user who names another: that is a 400 that names the header", async () => {
    const starts = app.starts;
    const token = await app.emulator.token({ sub: "eve" });
    const wrong = await app.emulator.token({ exp: 1 });
    for (const key of [token, wrong, "sk_live_of_something_else"]) {
      for (const user of ["ada", "eve"]) {
        const refused = await ask("/generate", key, user, fox);
        assertRefused(refused, 400, "ambiguous_user");
        assert.equal(refused.body.error.issues[0].path, "Taskwire-User");
        assert.match(refused.body.error.message, /^The header Taskwire-User is only for a server key \(twk_…\)\./);
      }
    }
    const headers = { "cf-access-jwt-assertion": token, "taskwire-user": "ada" };
    assertRefused(await call(`${app.base}/tasks`, { headers }), 400, "ambiguous_user");
    assert.equal(app.starts, starts);
    assertRefused(await call(`${app.base}/tasks`, { headers: { "taskwire-user": "ada" } }), 401, "unauthorized");
  });

  test("names a user of 255 bytes at most, without control characters", async () => {
    const longest = "x".repeat(255);
    assert.equal((await ask("/tasks", REPORTS, longest)).status, 200);
    const refused = await ask("/tasks", REPORTS, `${longest}x`);
    assertRefused(refused, 422, "validation_error");
    assert.equal(refused.body.error.issues[0].path, "Taskwire-User");
    const codes = [...Array(32).keys(), ...Array.from({ length: 129 }, (_, i) => 127 + i)];
    const taken: number[] = [];
    for (const code of codes) {
      const user = `a${String.fromCharCode(code)}b`;
      const headers = [
        ["authorization", `Bearer ${REPORTS}`],
        ["taskwire-user", user],
      ];
      const { status, body } = await rawRequest(app.base, "GET", "/tasks", headers);
      // What is no HTTP does not come through.
      if (status === 422) {
        taken.push(code);
        assert.equal(JSON.parse(body).error.issues[0].path, "Taskwire-User");
      } else assert.ok(["\0", "\n", "\r"].includes(String.fromCharCode(code)), `${code}: ${status} ${body}`);
    }
    assert.ok(taken.includes(9) && taken.includes(0x7f), `${taken}`);
  });
});
