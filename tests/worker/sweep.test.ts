/** What no room and no request takes care of any more: the sweep finds it, and settles it once. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";

const app = await startApp();
after(() => app.close());
const timeout = 60_000;
let users = 0;

/** A user with one start whose answer was lost, and that the provider does not show yet. */
async function lostStart(): Promise<{ user: Awaited<ReturnType<typeof app.as>>; task: any }> {
  let task: any;
  app.emulator.options.onCreate = (created) => {
    task = created;
    app.emulator.tasks.delete(created.id);
    throw new Error("the line goes dead");
  };
  const user = await app.as(`user-${++users}`);
  assert.equal((await user.generate({ count: 2 })).status, 503);
  app.emulator.options.onCreate = undefined;
  return { user, task };
}

const newest = async (user: Awaited<ReturnType<typeof app.as>>) => (await user.list("?limit=1")).tasks[0];
const looks = () => app.emulator.requests.filter(({ path }) => path.startsWith("/tasks?")).length;

describe("the sweep", { timeout }, () => {
  afterEach(async () => {
    await app.sql("DELETE FROM tasks");
  });

  test("leaves a start alone that is under way", async () => {
    const { user } = await lostStart();
    await app.sql("UPDATE tasks SET status = 'pending', version = 0, error = NULL");
    const before = looks();
    await app.sweep();
    assert.equal((await newest(user)).status, "pending");
    assert.equal(looks(), before);
  });

  test("finds a lost start at the provider, and its task goes on as if nothing had happened", async () => {
    const { user, task } = await lostStart();
    app.emulator.tasks.set(task.id, task);
    await app.age();
    const starts = app.starts;
    await app.sweep();
    const found = await newest(user);
    assert.deepEqual([found.taskId, found.status, found.error], [task.id, "pending", null]);
    assert.equal((await app.emulator.deliver(task.id))[0]?.status, 200);
    const { status, images } = await user.task(task.id);
    assert.deepEqual([status, ...images.map((image: any) => image.status)], ["completed", "success", "success"]);
    assert.equal(app.starts, starts);
  });

  test("looks once for a start that the provider does not have", async () => {
    const { user } = await lostStart();
    await app.age();
    const before = looks();
    await app.sweep();
    await app.sweep();
    assert.equal(looks(), before + 1);
    assert.deepEqual(
      [(await newest(user)).status, (await newest(user)).error.code],
      ["failed", "provider_unavailable"],
    );
  });

  test("fails a start that died before the provider was called, with its images", async () => {
    const { user } = await lostStart();
    await app.sql("UPDATE tasks SET status = 'pending', version = 0, error = NULL");
    await app.sql("UPDATE images SET status = 'pending', error = NULL");
    await app.age();
    await app.sweep();
    const { status, error, images } = await newest(user);
    assert.deepEqual([status, error.code], ["failed", "start_lost"]);
    assert.deepEqual(
      images.map((image: any) => [image.status, image.error.code]),
      Array(2).fill(["failed", "start_lost"]),
    );
  });

  test("still lets the webhook of a start that was given up bring the pictures", async () => {
    const { user, task } = await lostStart();
    await app.age();
    await app.sweep();
    app.emulator.tasks.set(task.id, task);
    assert.equal((await app.emulator.deliver(task.id))[0]?.status, 200);
    const healed = await eventually(async () => {
      const seen = await newest(user);
      return seen.status === "completed" && seen;
    }, 10_000);
    assert.equal(healed.taskId, task.id);
  });

  test("wakes the room of a task that has rows and no room", async () => {
    const { user, task } = await lostStart();
    app.emulator.tasks.set(task.id, task);
    app.emulator.finish(task.id);
    await app.sql("UPDATE tasks SET status = 'pending', version = 1, error = NULL, mynth_task_id = ?", task.id);
    await app.age();
    await app.sweep();
    // The room's alarm asks the provider, twenty seconds after it was woken.
    const done = await eventually(async () => {
      const seen = await newest(user);
      return seen.status === "completed" && seen;
    }, 35_000);
    assert.equal(done.taskId, task.id);
  });
});

describe("an insert whose answer is lost", { timeout }, () => {
  test("leaves no row, and the key free for another try", async () => {
    const shimmed = await startApp({ shim: true });
    after(() => shimmed.close());
    const user = await shimmed.as("unlucky");
    const key = { "idempotency-key": "again" };
    await shimmed.shim("lost");
    const refused = await user.generate({}, key);
    await shimmed.shim("ok");
    assert.equal(refused.status, 503, refused.text);
    assert.deepEqual((await user.list()).tasks, []);
    assert.equal((await user.generate({}, key)).status, 201);
  });
});
