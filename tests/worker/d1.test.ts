/** D1 away, slow, or lying: nothing live waits for it, nothing is lost by it, and it heals by itself. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { type App, startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import type { Counts } from "./support/shim.ts";
import { ANSWER_MS, refusal, SHOWN_MS, startOwn, troubles } from "./support/troubles.ts";

/** Rows that D1 did not take are written again after 2 s, then 4 s, then 8 s. */
const HEALED_MS = 15_000;

/** The rows, once they say what the room says. */
function settled(app: App, taskId: string, status: string) {
  return eventually(async () => {
    const rows = await app.rows(taskId);
    return rows.task?.status === status ? rows : undefined;
  }, HEALED_MS);
}

describe("while D1 fails", { timeout: 60_000, concurrency: 3 }, () => {
  for (const [name, { begin, end }] of troubles("tasks", "UPDATE")) {
    test(`(${name}) a webhook is taken, shown at once, and written later`, async (t) => {
      const { app, ada } = await startOwn(t);
      const { taskId, live } = await ada.start({ count: 2 });
      const watcher = await app.watch(live);
      await watcher.task("pending");
      await begin(app);
      const before = Date.now();
      const delivery = app.emulator.deliver(taskId);
      const shown = await watcher.task("completed", SHOWN_MS);
      const [attempt] = await delivery;
      assert.equal(attempt?.status, 200);
      assert.ok(Date.now() - before < ANSWER_MS, `${Date.now() - before} ms`);
      assert.deepEqual(await ada.task(taskId), shown);
      const again = await app.watch(live, "?version=2");
      assert.deepEqual(await again.until(({ frames }) => frames[0]), { type: "current", version: 2 });
      again.close();
      await end(app);

      const { task, images } = await settled(app, taskId, "completed");
      assert.equal(task?.version, 2);
      assert.deepEqual(
        images.map(({ status }) => status),
        ["success", "success"],
      );
      assert.deepEqual(watcher.versions, [1, 2]);
      assert.deepEqual((await ada.list()).tasks, [shown]);
      watcher.close();
    });
  }

  test("for longer, a room tries again, and again", async (t) => {
    const { app, ada } = await startOwn(t);
    const { taskId } = await ada.start();
    const batches = async () => (await app.shim())[taskId]?.d1Batches ?? 0;
    await app.sql("ALTER TABLE tasks RENAME TO away");
    await app.emulator.deliver(taskId);
    const first = await batches();
    await eventually(async () => (await batches()) > first, HEALED_MS);
    await app.sql("ALTER TABLE away RENAME TO tasks");
    await settled(app, taskId, "completed");
  });

  test("a start is a 503 when no rows can be made, and the provider is not called", async (t) => {
    const { app, ada } = await startOwn(t);
    await app.sql("ALTER TABLE images RENAME TO away");
    assertRefused(await ada.generate({ prompt: "never" }), 503, "unavailable");
    assertRefused(await ada.generate({ prompt: "never" }, { "idempotency-key": "k1" }), 503, "unavailable");
    await app.sql("ALTER TABLE away RENAME TO images");
    assert.equal(app.starts, 0);
    assert.deepEqual(await app.sql("SELECT id FROM tasks"), []);
    assert.equal((await ada.generate({ prompt: "now" }, { "idempotency-key": "k1" })).status, 201);
  });

  test("a start is a task all the same, if D1 went away after the provider was called", async (t) => {
    const { app, ada } = await startOwn(t);
    const { begin, end } = refusal("tasks", "UPDATE");
    app.emulator.options.onCreate = () => begin(app).then(() => {});
    const { taskId, task, live } = await ada.start();
    assert.deepEqual([task.status, task.version], ["pending", 1]);
    assert.equal((await app.rows(taskId)).task, undefined);
    assert.deepEqual(await ada.task(taskId), task);
    assertRefused(await (await app.as("eve")).call(`/tasks/${taskId}`), 404, "not_found");
    const watcher = await app.watch(live);
    await app.emulator.deliver(taskId);
    await watcher.task("completed");
    watcher.close();
    await end(app);
    await settled(app, taskId, "completed");
  });

  test("what only D1 knows is a 503, in general words", async (t) => {
    const { app, ada } = await startOwn(t);
    await app.sql("ALTER TABLE tasks RENAME TO away");
    assertRefused(await ada.call("/tasks"), 503, "unavailable");
    const ready = await ada.call("/readyz");
    assertRefused(ready, 503, "unavailable");
    assert.equal(ready.body.error.issues[0].path, "DB");
    await app.sql("ALTER TABLE away RENAME TO tasks");
    assert.equal((await ada.call("/readyz")).status, 200);
  });
});

describe("rows written, which is what is paid for,", { timeout: 30_000 }, () => {
  const rows = async (app: App): Promise<[number | undefined, Counts | undefined]> => {
    const { taskId } = await (await app.as("ada")).start({ count: 4 });
    await app.emulator.deliver(taskId);
    assert.equal((await app.rows(taskId)).task?.version, 2);
    const { worker, [taskId]: room } = await app.shim();
    return [worker?.d1Rows, room];
  };

  test("are 15 in D1 and 4 in the object for a task of four images", async (t) => {
    const [made, room] = await rows((await startOwn(t)).app);
    // Attached, completed, known to D1; and one alarm for all that may go wrong.
    assert.deepEqual({ puts: room?.puts, alarms: room?.alarms }, { puts: 3, alarms: 1 });
    // Made before the start: the task with its entry among the pending ones, and its images. Then the
    // provider's id with its index entry, and the end of all five. An entry that goes is not counted. And the
    // webhook in the log, with its entry by the task.
    assert.deepEqual([made, room?.d1Rows], [2 + 4, 2 + 5 + 2]);
  });

  test("are two less without the log", async (t) => {
    const app = await startApp({ shim: true, vars: { DELIVERY_LOG: "off" } });
    t.after(() => app.close());
    const [made, room] = await rows(app);
    assert.deepEqual([made, room?.d1Rows, room?.puts], [2 + 4, 2 + 5, 3]);
  });

  test("of its room do not grow with a hundred more copies of its webhook", async (t) => {
    const { app, ada } = await startOwn(t);
    const { taskId } = await ada.start({ count: 4 });
    await app.emulator.deliver(taskId);
    const once = (await app.shim())[taskId];
    await app.emulator.deliver(taskId, { copies: 100 });
    assert.deepEqual((await app.shim())[taskId], once);
  });
});
