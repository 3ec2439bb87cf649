/** `DELETE /tasks/{id}`: the task is gone wherever it was shown, and nothing brings it back. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { type Api, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import { watchFeed } from "./support/feed_watcher.ts";
import { feedsOf } from "./support/feeds.ts";
import { completedBody, hexHeaders, inventedTaskId, sendWebhook } from "./support/signatures.ts";

const app = await startApp({ shim: true });
const { someone, keep, feed, startBatch, leave } = feedsOf(app);
after(() => app.close());
afterEach(leave);
const timeout = 60_000;

const erase = (user: Api, taskId: string) => user.call(`/tasks/${taskId}`, { method: "DELETE" });

async function erased(user: Api, taskId: string): Promise<void> {
  const answer = await erase(user, taskId);
  assert.deepEqual([answer.status, answer.text], [204, ""]);
}

/** Nothing is left of the task, in D1 and over HTTP. */
async function assertGone(user: Api, taskId: string, images: any[]): Promise<void> {
  assertRefused(await user.call(`/tasks/${taskId}`), 404, "not_found");
  assert.ok(!(await user.list("?limit=100")).tasks.some((task: any) => task.taskId === taskId));
  assert.deepEqual(await app.sql("SELECT id FROM tasks WHERE mynth_task_id = ?", taskId), []);
  for (const { id } of images) assert.deepEqual(await app.sql("SELECT id FROM images WHERE id = ?", id), []);
}

const webhook = (taskId: string) => {
  const body = completedBody(taskId);
  return sendWebhook(app.base, body, hexHeaders(body));
};

describe("erasing a task", { timeout }, () => {
  test("takes its rows and its images from everywhere, and leaves the others", async () => {
    const user = await someone();
    const other = await user.start({ count: 2 });
    const { taskId } = await user.start({ count: 4 });
    await app.emulator.deliver(taskId);
    const { images } = await user.task(taskId);
    await erased(user, taskId);
    await assertGone(user, taskId, images);
    assert.equal((await user.task(other.taskId)).images.length, 2);
    assertRefused(await erase(user, taskId), 404, "not_found");
  });

  test("is for its owner alone: unknown tasks and those of others are 404, and stay", async () => {
    const [user, eve] = [await someone(), await someone()];
    const { taskId } = await user.start();
    for (const id of [taskId, inventedTaskId(), "not%20an%20id"]) {
      assertRefused(await erase(eve, id), 404, "not_found");
    }
    assert.equal((await user.task(taskId)).status, "pending");
  });

  test("is told to who watches it, who is hung up on, and to every feed that shows it", async () => {
    const user = await someone();
    const batch = await startBatch(user);
    const [{ taskId }, other] = batch.tasks;
    const all = await feed(user);
    const ofBatch = await keep(watchFeed(app.base, batch.live));
    const ticket = (await user.post(`/tasks/${taskId}/ticket`, {})).body;
    const watcher = await app.watch({ url: `/tasks/${taskId}/live`, ticket: ticket.ticket });
    await Promise.all([all, ofBatch].map((watched) => watched.shows(taskId, "pending")));
    await watcher.task("pending");
    await erased(user, taskId);
    // Here, the runtime ends the connection some ten seconds after the close frame.
    const closed = await watcher.until(({ closed }) => closed, 20_000);
    assert.deepEqual([watcher.erased, closed.code], [taskId, 4404]);
    for (const watched of [all, ofBatch]) await watched.until((it) => it.erased.includes(taskId));

    // What it showed before is not shown to who comes now, and the other task goes on.
    const late = await feed(user);
    await app.emulator.deliver(other.taskId);
    for (const watched of [all, ofBatch, late]) await watched.shows(other.taskId, "completed");
    assert.deepEqual(late.ids, [other.taskId]);
    const read = await user.call(`/batches/${batch.batchId}`);
    assert.deepEqual(
      read.body.tasks.map((task: any) => task.taskId),
      [other.taskId],
    );
  });

  test("holds against its webhook, which is acknowledged, once and again and after an eviction", async () => {
    const user = await someone();
    const { taskId, task } = await user.start({ count: 2 });
    await erased(user, taskId);
    assert.equal((await webhook(taskId)).status, 200);
    await app.evict(taskId);
    assert.equal((await webhook(taskId)).status, 200);
    assert.ok((await app.emulator.deliver(taskId, { event: "failed" })).every(({ status }) => status === 200));
    await assertGone(user, taskId, task.images);
  });

  test("of a batch changes the batch's ETag", async () => {
    const user = await someone();
    const batch = await startBatch(user);
    const tag = async () => (await user.call(`/batches/${batch.batchId}`)).headers.get("etag");
    const before = await tag();
    await erased(user, batch.tasks[0].taskId);
    // The other task gets as many versions as the erased one had.
    await app.emulator.deliver(batch.tasks[1].taskId);
    assert.notEqual(await tag(), before);
  });

  test("frees its idempotency key: the same request is a new start", async () => {
    const user = await someone();
    const key = { "idempotency-key": "once" };
    const first = (await user.generate({}, key)).body;
    await erased(user, first.taskId);
    const again = await user.generate({}, key);
    assert.equal(again.status, 201, again.text);
    assert.notEqual(again.body.taskId, first.taskId);
  });

  test("that was promised is done at once for who asks again", async () => {
    const user = await someone();
    const { taskId, task } = await user.start({ count: 2 });
    await app.shim("hang");
    assert.equal((await erase(user, taskId)).status, 202);
    await app.shim("ok");
    await erased(user, taskId);
    await assertGone(user, taskId, task.images);
  });

  test("is promised while D1 is away, and kept when it is back", async () => {
    const user = await someone();
    const { taskId, task } = await user.start({ count: 2 });
    await app.shim("hang");
    const answer = await erase(user, taskId);
    await app.shim("ok");
    assert.deepEqual([answer.status, answer.body], [202, { erasing: true }]);
    assert.equal((await webhook(taskId)).status, 200);
    await eventually(async () => (await app.rows(taskId)).task === undefined, 20_000);
    await assertGone(user, taskId, task.images);
  });
});
