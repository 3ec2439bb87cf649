// What is used of the user's limits, and what is left.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createTaskwire, type Taskwire, type TaskwireError, type Usage } from "../src/index.ts";
import { Watcher } from "./fixtures.ts";
import { Server } from "./server.ts";

let server: Server;
let taskwire: Taskwire;

beforeEach(async () => {
  server = await Server.start();
  taskwire = createTaskwire({ url: server.url, getToken: () => "jwt" });
  server.answers.set("GET /tasks", { body: { tasks: [], nextCursor: null } });
});

afterEach(async () => {
  taskwire.close();
  await server.stop();
});

const running = (now: number): Usage => ({ starts: null, running: { limit: 5, now }, budget: null });

test("the usage is read once, and then comes over the socket of all tasks", async () => {
  server.answers.set("GET /usage", { body: running(1) });
  const watcher = new Watcher(taskwire.usage());
  const visit = await server.visit();
  assert.equal(visit.path, "/tasks/live");
  await watcher.values.until(() => watcher.last?.running?.now === 1);
  visit.socket.send(JSON.stringify({ type: "usage", usage: running(2) }));
  await watcher.values.until(() => watcher.last?.running?.now === 2);
  assert.deepEqual(taskwire.usage().current, running(2));
  assert.deepEqual(await taskwire.usage().get(), running(1));
  assert.equal(server.lines.filter((line) => line.startsWith("GET /usage")).length, 2);
});

test("a refusal by a limit says when it begins anew", async () => {
  const error = { code: "budget_exceeded", message: "No.", resetsAt: "2026-11-27T00:00:00.000Z" };
  server.answers.set("POST /generate", { status: 402, body: { error } });
  const refused = (await taskwire.generate({ prompt: "a fox", model: "m/x" }).catch((error) => error)) as TaskwireError;
  assert.deepEqual([refused.code, refused.status, refused.resetsAt], ["budget_exceeded", 402, error.resetsAt]);
});
