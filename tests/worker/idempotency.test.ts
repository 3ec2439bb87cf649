/** One key, one task, one call that costs money: however often and however fast it is asked for. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");

describe("an Idempotency-Key", { timeout: 30_000 }, () => {
  afterEach(() => {
    app.emulator.options.onCreate = undefined;
    app.emulator.options.refuseCreate = undefined;
  });
  const fresh = () => ({ "idempotency-key": randomUUID() });

  test("gives the same task to the same request, and calls the provider once", async () => {
    const key = fresh();
    const starts = app.starts;
    const first = await ada.generate({ count: 2 }, key);
    const second = await ada.generate({ count: 2 }, key);
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.equal(second.body.taskId, first.body.taskId);
    assert.deepEqual(second.body.task, first.body.task);
    assert.equal(app.starts, starts + 1);
    const watcher = await app.watch(second.body.live);
    await app.emulator.deliver(first.body.taskId);
    const done = await watcher.task("completed");
    watcher.close();
    assert.deepEqual((await ada.generate({ count: 2 }, key)).body.task, done);
    assert.equal(app.starts, starts + 1);
  });

  test("does so also for many at once, while the provider is thinking", async () => {
    const key = fresh();
    const starts = app.starts;
    const thinking = Promise.withResolvers<void>();
    app.emulator.options.onCreate = () => thinking.promise;
    const tasks = app.emulator.tasks.size;
    const asked = Array.from({ length: 8 }, () => ada.generate({}, key));
    await app.emulator.until(() => app.emulator.tasks.size > tasks);
    const late = ada.generate({}, key);
    await ada.list(); // by now it is under way too
    thinking.resolve();
    const answers = await Promise.all([...asked, late]);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ body }) => body.taskId)).size, 1);
    assert.equal(app.starts, starts + 1);
  });

  test("with another request is a 409, even for a space", async () => {
    const key = fresh();
    await ada.generate({ count: 1 }, key);
    const starts = app.starts;
    assertRefused(await ada.generate({ count: 2 }, key), 409, "idempotency_conflict");
    assertRefused(
      await ada.post("/generate", '{"prompt":"a fox", "model":"m/x","count":1}', key),
      409,
      "idempotency_conflict",
    );
    assert.equal(app.starts, starts);
  });

  test("is forgotten after a day, though its row may still be there", async () => {
    const key = fresh();
    const first = await ada.generate({ count: 1 }, key);
    const aged = (age: number) =>
      app.sql(
        "UPDATE idempotency_keys SET created_at = ? WHERE key = ?",
        new Date(Date.now() - age).toISOString(),
        key["idempotency-key"],
      );
    await aged(23 * 3_600_000);
    assert.equal((await ada.generate({ count: 1 }, key)).body.taskId, first.body.taskId);
    await aged(25 * 3_600_000);
    const next = await ada.generate({ count: 2 }, key);
    assert.equal(next.status, 201, next.text);
    assert.notEqual(next.body.taskId, first.body.taskId);
    assertRefused(await ada.generate({ count: 1 }, key), 409, "idempotency_conflict");
  });

  test("is each user's own", async () => {
    const key = fresh();
    const eve = await app.as("eve");
    const [hers, mine] = [await eve.generate({}, key), await ada.generate({}, key)];
    assert.deepEqual([hers.status, mine.status], [201, 201]);
    assert.notEqual(hers.body.taskId, mine.body.taskId);
    assert.equal((await ada.generate({ count: 5 })).status, 201);
  });

  test("repeats a refusal, rather than trying again", async () => {
    const key = fresh();
    app.emulator.options.refuseCreate = {
      status: 402,
      body: { error: { code: "insufficient_balance", message: "No." } },
    };
    const first = await ada.generate({}, key);
    assertRefused(first, 502, "insufficient_balance");
    app.emulator.options.refuseCreate = undefined;
    const starts = app.starts;
    const second = await ada.generate({}, key);
    assertRefused(second, 502, "insufficient_balance");
    assert.deepEqual(second.body, first.body);
    assert.equal(app.starts, starts);
  });

  test("of a request that was wrong is not used up by it", async () => {
    const key = fresh();
    assertRefused(await ada.generate({ count: 0 }, key), 422, "validation_error");
    assert.equal((await ada.generate({ count: 1 }, key)).status, 201);
  });

  test("that is left out makes every request its own task", async () => {
    const [one, two] = [await ada.start(), await ada.start()];
    assert.notEqual(one.taskId, two.taskId);
  });
});
