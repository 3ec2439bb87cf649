/** Events of content, beside callbacks; settings that are wrong for a while; a destination that is off. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { call } from "./support/api.ts";
import { eventually } from "./support/eventually.ts";
import { ask, begin, callbacksOf, calledBack, contentRow } from "./support/river.ts";
import { attemptsAt, ended, ringOften, ringUntil, startTelling, untilTried } from "./support/roads.ts";
import { refusal } from "./support/troubles.ts";

const timeout = 120_000;

describe("an event of content", { timeout, concurrency: 3 }, () => {
  test("has the row as a read gives it, once it is readable", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    const ada = await app.as("ada");
    const { channelId } = await ask(ada);
    const broken = refusal("ai_content", "INSERT");
    await broken.begin(app);
    const [attempt] = await app.emulator.modelriver.deliver(channelId);
    assert.equal(attempt?.status, 200);
    await ringOften(app, `channel:${channelId}`, 2);
    assert.deepEqual(attemptsAt(app, "one"), []);
    await broken.end(app);
    const [told] = await untilTried(app, `channel:${channelId}`, "one", 1);
    const row = await contentRow(app, channelId);
    assert.deepEqual([told?.id, told?.body?.type], [`evt_${row.id}_2`, "content.created"]);
    const { callback: _, ...content } = (await ada.call(`/content/${row.id}`)).body.content;
    const { callback: __, ...data } = (told?.body?.data ?? {}) as { callback?: string };
    assert.deepEqual(data, content);
  });

  test("is told once, however often its webhook comes, and of a failure nothing is told", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    const { channelId } = await ask(await app.as("ada"));
    for (let i = 0; i < 3; i++) await app.emulator.modelriver.deliver(channelId, { copies: 2 });
    const failed = begin(app, "a film [fail]", { user_id: "ada" });
    await app.emulator.modelriver.deliver(failed.id);
    await untilTried(app, `channel:${channelId}`, "one", 1);
    await ringOften(app, `channel:${channelId}`, 2);
    await ringOften(app, `channel:${failed.id}`, 2);
    assert.equal(attemptsAt(app, "one").length, 1);
  });

  test("waits for no callback, and no callback for it: each hangs while the other is through", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    const river = app.emulator.modelriver;
    const ada = await app.as("ada");

    const slow = await ask(ada);
    const channel = river.channels.get(slow.channelId);
    assert.ok(channel);
    channel.callbackPlan = { delayMs: 8000 };
    await river.deliver(slow.channelId);
    await app.emulator.until(() => attemptsAt(app, "one").length === 1, 4000);
    assert.equal((await contentRow(app, slow.channelId)).callback, "pending");
    await calledBack(app, slow.channelId, "delivered", 15_000);

    app.emulator.receiver.plans.set("one", "timeout");
    const quick = await ask(ada);
    const began = Date.now();
    await river.deliver(quick.channelId);
    await app.emulator.until(() => attemptsAt(app, "one").length === 2, 4000);
    await app.emulator.until(() => callbacksOf(app, quick.channelId).some(({ status }) => status === 200), 4000);
    assert.ok(Date.now() - began < 8000, `${Date.now() - began} ms`);
    // Its row says so when the alarm has come to its end.
    await calledBack(app, quick.channelId, "delivered", 30_000);
  });
});

describe("a task that is canceled", { timeout }, () => {
  test("is answered at once, though its event meets a receiver that hangs", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    app.emulator.receiver.plans.set("one", "timeout");
    const ada = await app.as("ada");
    const { body } = await ada.post("/tasks", {
      provider: "fal",
      model: "fal-ai/flux/dev",
      input: { prompt: "a fox" },
    });
    const began = Date.now();
    const canceled = await ada.post(`/tasks/${body.taskId}/cancel`, {});
    assert.deepEqual([canceled.status, canceled.body.task.status], [202, "failed"], canceled.text);
    await app.emulator.until(() => attemptsAt(app, "one").length > 0, 8000);
    assert.equal((await ada.call("/healthz")).status, 200);
    assert.ok(Date.now() - began < 8000, `${Date.now() - began} ms`);
    assert.equal(attemptsAt(app, "one").length, 1);
  });
});

describe("a setting that is wrong", { timeout }, () => {
  test("keeps events waiting, and they come once it is right", async (t) => {
    const persist = await mkdtemp(join(tmpdir(), "taskwire-"));
    t.after(() => rm(persist, { recursive: true, force: true }));
    const before = await startTelling(["one"], { persist, vars: { EVENTS_SECRET: "hunter2" } });
    const taskId = await ended(before, "ada");
    await ringOften(before, taskId, 4);
    assert.deepEqual(before.emulator.receiver.received, []);
    await before.close();

    const app = await startTelling(["one"], { persist, migrations: 0 });
    t.after(() => app.close());
    const [told] = await untilTried(app, taskId, "one", 1);
    assert.deepEqual([told?.id, told?.refused], [`evt_${taskId}_2`, null]);
  });
});

describe("a destination that answers nothing but failures", { timeout }, () => {
  const FIVE_DAYS_MS = 120 * 3_600_000;

  test("is off after 120 hours, says so, and is on again by hand", async (t) => {
    const app = await startTelling(["one", "two"]);
    t.after(() => app.close());
    app.emulator.receiver.plans.set("one", Array(20).fill("500").join(","));
    const first = await ended(app, "ada");
    await untilTried(app, first, "one", 3);
    const rows = () => app.sql("SELECT * FROM event_destinations");
    await eventually(async () => (await rows()).length === 1, 5000);

    const since = new Date(Date.now() - FIVE_DAYS_MS).toISOString();
    await app.sql("UPDATE event_destinations SET failing_since = ?", since);
    app.emulator.receiver.plans.clear();
    // Each isolate reads that once a minute, and the next attempt at the first is half an hour away.
    await ringUntil(app, first, () => app.lines("destination_off").length > 0);
    assert.equal(attemptsAt(app, "one").length, 3);
    const second = await ended(app, "ada");
    await ringOften(app, second, 3);
    await app.emulator.until(() => attemptsAt(app, "two", `evt_${second}_2`).length === 1, 5000);
    assert.equal(attemptsAt(app, "one").length, 3);

    await app.sql("DELETE FROM event_destinations");
    for (const taskId of [first, second]) {
      await ringOften(app, taskId, 3);
      await app.emulator.until(
        () => attemptsAt(app, "one", `evt_${taskId}_2`).some(({ status }) => status === 200),
        5000,
      );
    }
  });

  test("is known to be well again with its first 2xx", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    app.emulator.receiver.plans.set("one", "500,500,500");
    const taskId = await ended(app, "ada");
    await untilTried(app, taskId, "one", 4);
    await eventually(async () => (await app.sql("SELECT * FROM event_destinations")).length === 0, 5000);
    assert.equal((await call(`${app.base}/readyz`)).status, 200);
  });
});
