/**
 * A start that the sweep has given up, because D1 could not be told of its room: when D1 is back, the
 * room's word stands in the rows.
 */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
/** A room tries D1 again after 2 s, then 4 s, then 8 s. */
const HEALED_MS = 20_000;

/** What the sweep writes when the provider does not seem to have the task. */
async function giveUp(): Promise<void> {
  const error = JSON.stringify({ code: "start_lost", message: "The provider has no such task: it was never started." });
  await app.sql("UPDATE images SET status = 'failed', error = ? WHERE mynth_task_id IS NULL", error);
  await app.sql("UPDATE tasks SET status = 'failed', version = 2, error = ? WHERE mynth_task_id IS NULL", error);
}

describe("a start that was given up while its room could not reach D1", { timeout: 60_000, concurrency: true }, () => {
  test("is the room's again, whatever comes of it, and its version only rises", async () => {
    await app.sql("CREATE TRIGGER broken BEFORE UPDATE ON tasks BEGIN SELECT RAISE(ABORT, 'away'); END");
    const [pending, completed] = [await ada.start({ count: 2 }), await ada.start({ count: 2 })];
    const rated = (await ada.post("/tasks", { kind: "image.rate", request: { url: "https://pictures.example/a.png" } }))
      .body;
    const watchers = await Promise.all([pending, completed, rated].map(({ live }) => app.watch(live)));
    await app.emulator.deliver(completed.taskId);
    await app.sql("DROP TRIGGER broken");
    await giveUp();
    const given = (await ada.list()).tasks;
    assert.deepEqual(
      given.map(({ taskId, status, version }: any) => [taskId, status, version]),
      Array(3).fill([null, "failed", 2]),
    );
    await app.emulator.deliver(rated.taskId);

    for (const [{ taskId }, status] of [
      [pending, "pending"],
      [completed, "completed"],
      [rated, "completed"],
    ] as const) {
      await eventually(async () => {
        const { task, images } = await app.rows(taskId);
        const expected = status === "pending" ? "pending" : "success";
        return task?.status === status && task.version > 2 && images.every((image) => image.status === expected);
      }, HEALED_MS);
      const task = await ada.task(taskId);
      assert.deepEqual([task.status, task.error], [status, null]);
      assert.equal((await app.rows(taskId)).task?.version, task.version);
    }
    assert.equal((await ada.list()).tasks.length, 3);
    await app.emulator.deliver(pending.taskId);
    assert.equal((await ada.task(pending.taskId)).status, "completed");
    for (const watcher of watchers) {
      await watcher.task("completed");
      watcher.close();
    }
  });
});
