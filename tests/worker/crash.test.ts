/** kill -9 at the worst moments, and a restart on the same disk: what was acknowledged is there. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startChild } from "./support/child.ts";
import { eventually } from "./support/eventually.ts";
import { watch } from "./support/watcher.ts";

/** A room writes to D1 what a crash kept it from writing when its alarm fires, 20 s after the start. */
const DRAINED_MS = 30_000;

describe("kill -9", { timeout: 100_000, concurrency: true }, () => {
  test("in a storm of webhooks loses nothing that was acknowledged", async (t) => {
    const { child, emulator, ada } = await startChild(t);
    const started: any[] = [];
    for (let i = 0; i < 60; i++) started.push(await ada.start({ count: 2 }));
    const watchers = await Promise.all(started.map(({ live }) => watch(child.base, live)));
    await Promise.all(watchers.map((watcher) => watcher.task("pending")));

    // The storm: four at a time. The kill comes when a third is through.
    const waiting = started.map(({ taskId }) => taskId);
    const storm = Array.from({ length: 4 }, async () => {
      for (let id = waiting.shift(); id; id = waiting.shift()) await emulator.deliver(id);
    });
    await emulator.until(() => emulator.deliveries.filter(({ status }) => status === 200).length >= 20, 20_000);
    await child.kill();
    await Promise.all(storm);
    const acknowledged = new Set(
      emulator.deliveries.filter(({ status }) => status === 200).map(({ taskId }) => taskId),
    );
    assert.ok(acknowledged.size >= 20 && acknowledged.size < started.length, `${acknowledged.size}`);

    await child.start();
    for (const { taskId } of started) {
      const task = await ada.task(taskId);
      if (acknowledged.has(taskId)) assert.deepEqual([task.status, task.version], ["completed", 2]);
    }
    // The provider repeats what had no answer.
    for (const { taskId } of started) {
      if (!acknowledged.has(taskId)) assert.equal((await emulator.deliver(taskId))[0]?.status, 200);
    }
    for (const [i, { taskId, live }] of started.entries()) {
      const before = watchers[i];
      assert.ok(before);
      const again = await watch(child.base, live, `?version=${before.version}`);
      await again.until(({ version }) => version === 2);
      const final = again.frames.at(-1);
      if (before.version === 2) assert.deepEqual(final, { type: "current", version: 2 });
      else assert.deepEqual([final.task.taskId, final.task.status], [taskId, "completed"]);
      again.terminate();
      before.terminate();
    }
    await eventually(
      async () => (await ada.list("?limit=100&status=completed")).tasks.length === started.length,
      DRAINED_MS,
    );
    const rows = (await ada.list("?limit=100")).tasks;
    assert.deepEqual(
      rows.map(({ version }: any) => version),
      Array(started.length).fill(2),
    );
  });

  test("between the provider's answer and the room leaves a task that its webhook finds", async (t) => {
    const { child, emulator, ada } = await startChild(t);
    emulator.options.onCreate = () => child.kill();
    await assert.rejects(ada.generate({ count: 2, prompt: "cut off" }));
    emulator.options.onCreate = undefined;
    const [taskId = ""] = emulator.tasks.keys();

    await child.start();
    const [pending] = (await ada.list()).tasks;
    assert.deepEqual([pending.prompt, pending.status, pending.taskId], ["cut off", "pending", null]);
    assert.equal((await emulator.deliver(taskId))[0]?.status, 200);
    const found = await eventually(async () => (await ada.list("?status=completed")).tasks[0], 10_000);
    assert.deepEqual([found.taskId, found.prompt], [taskId, "cut off"]);
    assert.deepEqual(
      found.images.map(({ id, status }: any) => [id, status]),
      pending.images.map(({ id }: any) => [id, "success"]),
    );
    assert.deepEqual(await ada.task(taskId), found);
  });

  test("after an event that came before its task, and both still find each other", async (t) => {
    const { child, emulator, ada } = await startChild(t);
    emulator.options.onCreate = async ({ id }) => {
      await emulator.deliver(id);
      await child.kill();
    };
    await assert.rejects(ada.generate({ count: 2 }));
    const [taskId = ""] = emulator.tasks.keys();
    assert.equal(emulator.deliveries[0]?.status, 200);
    await child.start();
    const found = await eventually(async () => (await ada.list("?status=completed")).tasks[0], 10_000);
    assert.equal(found.taskId, taskId);
  });
});
