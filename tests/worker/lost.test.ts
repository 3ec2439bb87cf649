/**
 * A webhook that never comes: the room asks the provider by itself, 20 s after the start. One wait
 * serves every test here.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "./support/eventually.ts";
import { startProxied } from "./support/proxied.ts";
import type { Watcher } from "./support/watcher.ts";

const FIRST_LOOK_MS = 20_000;
/** The first look, and time for a machine that is busy. */
const DEADLINE_MS = 32_000;

const { app, proxy } = await startProxied({ shim: true });
after(async () => {
  await app.close();
  await proxy.close();
});
const ada = await app.as("ada");

interface Lost {
  taskId: string;
  watcher: Watcher;
}

/** Starts a task whose webhook will not come. */
async function lost(answer?: { status: number; body?: string }): Promise<Lost> {
  const { taskId, live } = await ada.start({ count: 2 });
  const watcher = await app.watch(live);
  if (answer) asked.set(`/tasks/${taskId}`, answer);
  return { taskId, watcher };
}

const asked = new Map<string, { status: number; body?: string }>();
/** How often the provider was asked about a task. */
const looks = (taskId: string) => proxy?.requests.filter((each) => each === `GET /tasks/${taskId}`).length;

describe("a lost webhook", { timeout: 60_000, concurrency: true }, () => {
  const started = Date.now();
  let finished: Lost[];
  let failed: Lost;
  let unknown: Lost;
  let broken: Lost;
  let garbled: Lost;
  let slow: Lost;
  let quiet: Lost;

  before(async () => {
    if (proxy) proxy.instead = (_, path) => asked.get(path);
    finished = [];
    for (const generation of ["g1", "g2", "g3", "g4"] as const) {
      app.emulator.options.generation = generation;
      const task = await lost();
      app.emulator.finish(task.taskId);
      finished.push(task);
    }
    failed = await lost();
    app.emulator.finish(failed.taskId, "failed");
    unknown = await lost({ status: 404, body: '{"error":{"code":"not_found","message":"No."}}' });
    broken = await lost({ status: 500, body: "<h1>Oops</h1>" });
    garbled = await lost({ status: 200, body: "<h1>Hello</h1>" });
    slow = await lost();
    quiet = await lost();
  });

  test("is found by a look of the room's own, 20 s after the start, on every wire", async () => {
    for (const { taskId, watcher } of finished) {
      const task = await watcher.task("completed", DEADLINE_MS);
      assert.ok(Date.now() - started >= FIRST_LOOK_MS);
      assert.deepEqual(watcher.versions, [1, 2]);
      assert.deepEqual(
        task.images.map((image: any) => image.status),
        ["success", "success"],
      );
      assert.equal(looks(taskId), 1);
      assert.deepEqual(
        app.emulator.deliveries.filter((each) => each.taskId === taskId),
        [],
      );
      const { task: row, images } = await app.rows(taskId);
      assert.deepEqual([row?.status, row?.version], ["completed", 2]);
      assert.deepEqual(
        images.map(({ status }) => status),
        ["success", "success"],
      );
    }
  });

  test("of a task that failed ends it with the provider's reason", async () => {
    const task = await failed.watcher.task("failed", DEADLINE_MS);
    assert.equal(task.error.code, "restricted_content");
  });

  test("that comes late, after the look has found its news, changes nothing", async () => {
    const [first] = finished;
    assert.ok(first);
    await first.watcher.task("completed", DEADLINE_MS);
    const [attempt] = await app.emulator.deliver(first.taskId, { event: "failed" });
    assert.equal(attempt?.status, 200);
    await first.watcher.settled();
    assert.deepEqual(first.watcher.versions, [1, 2]);
  });

  for (const [trouble, task] of [
    ["does not know the task", () => unknown],
    ["is broken", () => broken],
    ["answers with a page", () => garbled],
    ["is still at work", () => slow],
  ] as const) {
    test(`leaves the task pending while the provider ${trouble}, and a webhook still ends it`, async () => {
      const { taskId, watcher } = task();
      await eventually(() => looks(taskId) === 1, DEADLINE_MS);
      await watcher.settled();
      assert.deepEqual(watcher.versions, [1]);
      assert.equal((await ada.task(taskId)).status, "pending");
      await app.emulator.deliver(taskId);
      await watcher.task("completed");
      assert.deepEqual(watcher.versions, [1, 2]);
    });
  }

  test("costs nothing between one look and the next", async () => {
    const { taskId } = quiet;
    await eventually(() => looks(taskId) === 1, DEADLINE_MS);
    // Meanwhile another task goes all its way: time enough for a room that does not rest to show it.
    const other = await ada.start();
    const watcher = await app.watch(other.live);
    await app.emulator.deliver(other.taskId);
    await watcher.task("completed");
    const room = (await app.shim())[taskId];
    assert.ok(room && room.alarms <= 2 && room.puts <= 4 && room.d1Batches <= 2, JSON.stringify(room));
  });
});
