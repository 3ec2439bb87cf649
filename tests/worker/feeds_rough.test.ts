/** Feeds while objects are evicted, D1 is away, and news overtakes older news. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import { watchFeed } from "./support/feed_watcher.ts";
import { feedsOf } from "./support/feeds.ts";
import { upgrade } from "./support/watcher.ts";

const app = await startApp({ shim: true });
const { someone, keep, ticket, feed, startBatch, evictFeed, leave } = feedsOf(app);
after(() => app.close());
afterEach(() => {
  leave();
  app.emulator.options.onCreate = undefined;
});
const timeout = 40_000;
/** Rows that D1 did not take are written again, and shown again, after 2 s, then 4 s, then 8 s. */
const HEALED_MS = 15_000;

describe("a feed survives", { timeout }, () => {
  test("its own eviction, and that of its tasks' rooms", async () => {
    const user = await someone();
    const one = await user.start();
    const batch = await startBatch(user);
    const ids = [one.taskId, ...batch.tasks.map(({ taskId }: any) => taskId)];
    const [all, own] = [await feed(user), await keep(watchFeed(app.base, batch.live))];
    await all.shows(ids[2], "pending");
    const name = `tasks:${one.task.userId}`;
    await evictFeed(name);
    await evictFeed(`batch:${batch.batchId}`);
    for (const id of ids) await app.evict(id);
    await app.emulator.deliver(ids[0]);
    await all.shows(ids[0], "completed");
    await evictFeed(name);
    for (const id of ids.slice(1)) {
      await app.emulator.deliver(id);
      assert.deepEqual(await all.shows(id, "completed"), await own.shows(id, "completed"));
    }
    assert.deepEqual([all.closed, own.closed], [null, null]);
  });

  test("a sleep in which pings are answered without waking it", async () => {
    const watcher = await feed(await app.as("ada"));
    const name = "tasks:ada";
    await evictFeed(name);
    await watcher.settled();
    await assert.rejects(evictFeed(name), /not currently running/);
  });

  test("D1 being away when a webhook comes", async () => {
    const user = await someone();
    const { taskId } = await user.start();
    const watcher = await feed(user);
    await watcher.shows(taskId, "pending");
    const access = await ticket(user);
    await app.sql("ALTER TABLE tasks RENAME TO away");
    try {
      const [attempt] = await app.emulator.deliver(taskId);
      assert.equal(attempt?.status, 200);
      // Who watches does not wait for D1, and who comes now is told to come again.
      await watcher.shows(taskId, "completed");
      const late = await upgrade(app.base + access.url, { protocols: ["taskwire", `ticket.${access.ticket}`] });
      assert.equal(late.status, 503);
    } finally {
      await app.sql("ALTER TABLE away RENAME TO tasks");
    }
    const again = await feed(user);
    await again.shows(taskId, "completed", HEALED_MS);
    await eventually(async () => (await app.rows(taskId)).task?.status === "completed", HEALED_MS);
    await watcher.settled();
  });
});

describe("a feed never goes back", { timeout }, () => {
  test("when tasks end before their starts have been answered", async () => {
    const user = await someone();
    const [one, two] = [await feed(user), await feed(user)];
    app.emulator.options.onCreate = async ({ id }) => void app.emulator.deliver(id, { copies: 3 });
    const started = await Promise.all(Array.from({ length: 24 }, () => user.start()));
    const late = await feed(user);
    for (const watcher of [one, two, late]) {
      for (const { taskId } of started) await watcher.shows(taskId, "completed");
      await watcher.settled();
    }
  });

  test("when D1 takes its time with the start, and not with the end", async () => {
    const user = await someone();
    const watcher = await feed(user);
    const made = Promise.withResolvers<string>();
    app.emulator.options.onCreate = async ({ id }) => {
      await app.shim("hang");
      made.resolve(id);
    };
    const starting = user.start();
    try {
      // The room is writing the start; the end overtakes it.
      const taskId = await made.promise;
      await eventually(async () => (await app.shim())[taskId]?.d1Batches === 1, 5000);
      await app.shim("ok");
      await app.emulator.deliver(taskId);
      await watcher.shows(taskId, "completed");
      assert.equal((await starting).taskId, taskId);
      await watcher.settled();
      assert.equal(watcher.newest(taskId).version, 2);
    } finally {
      await app.shim("ok");
    }
  });
});
