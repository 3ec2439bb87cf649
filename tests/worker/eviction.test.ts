/** An object that is taken out of memory, as hibernation does at any moment: nobody notices. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { completedBody, hexHeaders, nowSeconds, sendWebhook } from "./support/signatures.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");

describe("a room that is evicted", { timeout: 30_000 }, () => {
  test("keeps its watchers, and shows them the next version", async () => {
    const { taskId, live } = await ada.start({ count: 2 });
    const watchers = await Promise.all(Array.from({ length: 25 }, () => app.watch(live)));
    await Promise.all(watchers.map((watcher) => watcher.task("pending")));
    await app.evict(taskId);
    assert.ok(watchers.every(({ closed }) => closed === null));
    await app.emulator.deliver(taskId);
    await Promise.all(watchers.map((watcher) => watcher.task("completed")));
    for (const watcher of watchers) {
      assert.deepEqual(watcher.versions, [1, 2]);
      watcher.close();
    }
  });

  test("answers pings without being woken, and closes who sends too much", async () => {
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    await app.evict(taskId);
    await watcher.settled();
    await assert.rejects(app.evict(taskId), /not currently running/);
    watcher.socket.send("x".repeat(5000));
    assert.equal((await watcher.until(({ closed }) => closed)).code, 1009);
  });

  test("still has what it was told, for its owner and for nobody else", async () => {
    const { taskId, live } = await ada.start();
    await app.emulator.deliver(taskId);
    await app.evict(taskId);
    const read = await call(`${app.base}/tasks/${taskId}?ticket=${live.ticket}`);
    assert.deepEqual([read.status, read.body.task.status, read.body.task.version], [200, "completed", 2]);
    await app.evict(taskId);
    const watcher = await app.watch(live, "?version=2");
    assert.equal((await watcher.until(({ frames }) => frames[0])).type, "current");
    watcher.close();
    const eve = await app.as("eve");
    assert.equal((await eve.call(`/tasks/${taskId}`)).status, 404);
  });

  test("still knows the deliveries it took, and that the end is the end", async () => {
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    const body = completedBody(taskId);
    for (let time = nowSeconds(), i = 0; i < 3; i++) {
      assert.equal((await sendWebhook(app.base, body, hexHeaders(body, { time: time - i }))).status, 200);
      await app.emulator.deliver(taskId, { event: "failed" });
      await app.evict(taskId);
    }
    await watcher.settled();
    assert.deepEqual(watcher.versions, [1, 2]);
    assert.equal(watcher.frames.at(-1).task.status, "completed");
    watcher.close();
  });

  test("still has an event that came before its task", async () => {
    app.emulator.options.onCreate = async ({ id }) => {
      await app.emulator.deliver(id);
      await app.evict(id);
    };
    try {
      const { task } = await ada.start({ count: 2 });
      assert.deepEqual([task.status, task.version], ["completed", 2]);
    } finally {
      app.emulator.options.onCreate = undefined;
    }
  });
});
