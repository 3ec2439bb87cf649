/** Feeds: all tasks of a user on one socket, or all of a batch. Nothing is missed. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { watchFeed } from "./support/feed_watcher.ts";
import { feedsOf } from "./support/feeds.ts";

const app = await startApp();
const { someone, keep, ticket, feed, startBatch, leave } = feedsOf(app);
after(() => app.close());
afterEach(leave);
const timeout = 40_000;

describe("the feed of all tasks", { timeout }, () => {
  test("shows what is there, and then every change of every task", async () => {
    const user = await someone();
    const first = await user.start({ prompt: "first" });
    await app.emulator.deliver(first.taskId);
    const second = await user.start({ prompt: "second" });
    const watcher = await feed(user);
    await watcher.shows(second.taskId, "pending");
    assert.deepEqual(watcher.ids, [first.taskId, second.taskId]);
    assert.deepEqual(watcher.newest(first.taskId), await user.task(first.taskId));
    assert.deepEqual(watcher.newest(second.taskId), second.task);

    const third = await user.start({ prompt: "third" });
    assert.deepEqual(await watcher.shows(third.taskId, "pending"), third.task);
    await app.emulator.deliver(third.taskId);
    await app.emulator.deliver(second.taskId, { event: "failed" });
    const shown = [await watcher.shows(second.taskId, "failed"), await watcher.shows(third.taskId, "completed")];
    for (const task of shown) assert.deepEqual(task, await user.task(task.taskId));
  });

  test("opens by a token as by a ticket, and is the same", async () => {
    const user = await someone();
    const { taskId } = await user.start();
    const byToken = await keep(watchFeed(app.base, { url: "/tasks/live", token: user.token }));
    const byQuery = await ticket(user);
    const watchers = [
      byToken,
      await feed(user),
      await keep(watchFeed(app.base, { url: `/tasks/live?ticket=${byQuery.ticket}`, token: "" })),
    ];
    await app.emulator.deliver(taskId);
    const shown = await Promise.all(watchers.map((watcher) => watcher.shows(taskId, "completed")));
    for (const task of shown) assert.deepEqual(task, shown[0]);
  });

  test("shows a task of any kind", async () => {
    const user = await someone();
    const watcher = await feed(user);
    const request = { url: "https://pictures.example/fox.png" };
    const { taskId } = (await user.post("/tasks", { kind: "image.rate", request })).body;
    await app.emulator.deliver(taskId);
    assert.deepEqual((await watcher.shows(taskId, "completed")).result, { level: "sfw" });
  });

  test("shows who comes back what came meanwhile", async () => {
    const user = await someone();
    const [one, two] = [await user.start(), await user.start()];
    const before = await feed(user);
    await before.shows(two.taskId, "pending");
    before.terminate();
    await app.emulator.deliver(one.taskId);
    const three = await user.start();
    await app.emulator.deliver(three.taskId, { event: "failed" });
    const again = await feed(user);
    await again.shows(three.taskId, "failed");
    assert.deepEqual(again.ids, [one.taskId, two.taskId, three.taskId]);
    assert.deepEqual(
      again.tasks.map(({ status }) => status),
      ["completed", "pending", "failed"],
    );
  });

  test("begins with the newest hundred, oldest of these first", async () => {
    const user = await someone();
    const started: string[] = [];
    const prompts = ["a", "b", "c", "d", "e", "f"];
    for (let i = 0; i < 6; i++) {
      const { tasks } = await startBatch(user, { prompts, models: ["m/1", "m/2", "m/3"] });
      started.push(...tasks.map(({ taskId }: any) => taskId));
    }
    assert.equal(started.length, 108);
    const watcher = await feed(user);
    await watcher.until(({ ids }) => ids.length >= 100);
    await watcher.settled();
    assert.deepEqual(watcher.ids, started.slice(-100));
  });

  test("misses nothing for those who come while everything happens at once", async () => {
    const user = await someone();
    // One socket for each, which are all that a user has.
    const started = await Promise.all(Array.from({ length: 20 }, () => user.start()));
    const access = await ticket(user);
    const opening = [];
    const delivering = [];
    for (const { taskId } of started) {
      opening.push(keep(watchFeed(app.base, access)));
      delivering.push(app.emulator.deliver(taskId));
    }
    await Promise.all(delivering);
    for (const watcher of await Promise.all(opening)) {
      for (const { taskId } of started) await watcher.shows(taskId, "completed");
    }
  });

  test("leaves out a start that the provider refused: nothing ever comes of it", async () => {
    const user = await someone();
    assert.equal((await user.generate({ prompt: "[refuse-402]" })).status, 502);
    const { taskId } = await user.start();
    const watcher = await feed(user);
    await watcher.shows(taskId, "pending");
    await watcher.settled();
    assert.deepEqual(watcher.ids, [taskId]);
  });

  test("answers pings, and closes on who sends too much", async () => {
    const watcher = await feed(await someone());
    await watcher.settled();
    assert.deepEqual(watcher.words, ["pong"]);
    watcher.socket.send("x".repeat(5000));
    assert.equal((await watcher.until(({ closed }) => closed)).code, 1009);
  });
});

describe("the feed of a batch", { timeout }, () => {
  test("shows the tasks of the batch, and no other task of its user", async () => {
    const user = await someone();
    const { batchId, tasks, live } = await startBatch(user);
    assert.equal(live.url, `/batches/${batchId}/live`);
    const [byTicket, byToken] = [
      await keep(watchFeed(app.base, live)),
      await keep(watchFeed(app.base, { url: live.url, token: user.token })),
    ];
    const other = await user.start();
    await app.emulator.deliver(other.taskId);
    const ids = tasks.map(({ taskId }: any) => taskId);
    for (const watcher of [byTicket, byToken]) {
      await watcher.shows(ids[1], "pending");
      assert.deepEqual(
        watcher.tasks,
        tasks.map(({ task }: any) => task),
      );
    }
    for (const id of ids) await app.emulator.deliver(id);
    for (const watcher of [byTicket, byToken]) {
      for (const id of ids) assert.deepEqual(await watcher.shows(id, "completed"), await user.task(id));
      await watcher.settled();
      assert.deepEqual(watcher.ids, ids);
    }
  });

  test("shows what came meanwhile to who comes late, and to the feed of all", async () => {
    const user = await someone();
    const all = await feed(user);
    const { tasks, live } = await startBatch(user);
    for (const { taskId } of tasks) await app.emulator.deliver(taskId);
    const late = await keep(watchFeed(app.base, live));
    for (const { taskId } of tasks)
      assert.deepEqual(await late.shows(taskId, "completed"), await all.shows(taskId, "completed"));
  });
});
