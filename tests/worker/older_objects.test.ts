/** While a deployment is under way, the new Worker meets objects of the version before, which take requests only. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { feedsOf } from "./support/feeds.ts";

const app = await startApp({ shim: "older" });
const { someone, feed, leave } = feedsOf(app);
after(() => app.close());
afterEach(leave);

describe("objects that take no messages", { timeout: 20_000 }, () => {
  test("refuse them", async () => {
    const rooms: any = await app.worker.getDurableObjectNamespace("TASKS");
    const room = rooms.get(rooms.idFromName("any"));
    await assert.rejects(async () => room.message("/ask", "{}"), /does not support RPC/);
  });

  test("are asked by request: a task goes all its way, and its feed shows it", async () => {
    const user = await someone();
    const all = await feed(user);
    const { taskId, live } = await user.start({ count: 2 });
    const watcher = await app.watch(live);
    await watcher.task("pending");
    const [attempt] = await app.emulator.deliver(taskId);
    assert.equal(attempt?.status, 200);
    const completed = await watcher.task("completed");
    assert.deepEqual(await all.shows(taskId, "completed"), completed);
    assert.equal((await app.rows(taskId)).task?.status, "completed");
  });

  test("keep a task of one user's from another", async () => {
    const { taskId } = await (await someone()).start();
    const other = await someone();
    assert.equal((await other.call(`/tasks/${taskId}`)).status, 404);
  });
});
