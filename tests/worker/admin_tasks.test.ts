/** What operators see of any owner's task, and asking its provider now. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { eventually } from "./support/eventually.ts";
import { attemptsAt, ended, ringOften, standing, startOperated } from "./support/roads.ts";
import { refusal } from "./support/troubles.ts";

const timeout = 120_000;

const whats = (answer: any): string[] => answer.body.timeline.map((one: any) => one.what);

describe("a task's timeline", { timeout, concurrency: 3 }, () => {
  test("leads from its start over its webhook to its event", async (t) => {
    const { app, operator } = await startOperated(["one"]);
    t.after(() => app.close());
    const taskId = await ended(app, "ada");
    await standing(operator, `evt_${taskId}_2`, "delivered");
    const again = await app.emulator.deliver(taskId);
    assert.equal(again[0]?.status, 200);
    // What changed nothing comes into the log after its answer.
    const log = () => app.sql("SELECT * FROM deliveries WHERE task_id = ? ORDER BY id", taskId);
    await eventually(async () => (await log()).length === 2, 10_000, "both webhooks in the log");

    const answer = await operator.call(`/admin/tasks/${taskId}`);
    assert.equal(answer.status, 200, answer.text);
    const ada = await app.as("ada");
    assert.deepEqual(answer.body.task, await ada.task(taskId));
    const { timeline } = answer.body;
    assert.deepEqual(
      [...new Set(whats(answer))].sort(),
      ["accepted", "created", "delivery", "ended", "event"],
      answer.text,
    );
    const times = timeline.map((one: any) => one.at);
    assert.deepEqual(times, [...times].sort());
    const of = (what: string) => timeline.filter((one: any) => one.what === what);
    assert.equal(of("created")[0].at, answer.body.task.createdAt);
    assert.equal(of("ended")[0].at, answer.body.task.updatedAt);
    assert.equal(of("ended")[0].detail, "It has completed. A webhook said so.");
    const rows = await log();
    assert.deepEqual(
      of("delivery").map((one: any) => [one.deliveryId, one.verdict, one.ms]),
      rows.map((row) => [String(row.id), row.verdict, row.ms]),
    );
    assert.equal(rows[0]?.verdict, "applied");
    const [event] = of("event");
    assert.deepEqual([event.eventId, event.state], [`evt_${taskId}_2`, "delivered"]);
    assert.match(event.detail, /^task\.completed: address 1 delivered after 1 attempt \(200\)\.$/);

    // By our own key it is the same, also where its room is gone.
    const [row] = await app.sql("SELECT id FROM tasks WHERE mynth_task_id = ?", taskId);
    assert.deepEqual((await operator.call(`/admin/tasks/${row?.id}`)).body, answer.body);
    await ringOften(app, taskId, 4);
    assert.deepEqual((await operator.call(`/admin/tasks/${taskId}`)).body, answer.body);
  });

  test("shows one under way, when it was asked about, and that D1 is behind", async (t) => {
    const { app, operator } = await startOperated([]);
    t.after(() => app.close());
    const { taskId } = await (await app.as("ada")).start();
    assert.deepEqual(whats(await operator.call(`/admin/tasks/${taskId}`)), ["created", "accepted"]);
    await ringOften(app, taskId, 2);
    const polled = await operator.call(`/admin/tasks/${taskId}`);
    assert.deepEqual(whats(polled), ["created", "accepted", "polled"]);
    assert.match(polled.body.timeline[2].detail, /^The provider was asked 2 times, .* It is asked again at /);

    const broken = refusal("tasks", "UPDATE");
    await broken.begin(app);
    const signedAt = Math.floor(app.now() / 1000);
    assert.equal((await app.emulator.deliver(taskId, { signedAt }))[0]?.status, 200);
    const behind = await operator.call(`/admin/tasks/${taskId}`);
    // The room's own state, which is the newer one.
    assert.equal(behind.body.task.status, "completed");
    assert.ok(whats(behind).includes("behind") && whats(behind).includes("ended"), behind.text);
    await broken.end(app);
    await ringOften(app, taskId, 2);
    assert.ok(!whats(await operator.call(`/admin/tasks/${taskId}`)).includes("behind"));
  });

  test("shows a start that the provider has refused, by our own key", async (t) => {
    const { app, operator } = await startOperated([]);
    t.after(() => app.close());
    const ada = await app.as("ada");
    // Not a clear no: a start that is refused with one leaves no row.
    app.emulator.options.refuseCreate = { status: 500, body: { error: { code: "internal_error", message: "No." } } };
    assertRefused(await ada.generate(), 503, "provider_unavailable");
    const [row] = await app.sql("SELECT id FROM tasks WHERE status = 'failed'");
    assert.ok(row);
    const answer = await operator.call(`/admin/tasks/${row.id}`);
    assert.deepEqual([answer.status, whats(answer)], [200, ["created", "ended"]]);
    assertRefused(await operator.call(`/admin/tasks/${row.id}/reconcile`, { method: "POST" }), 404, "not_found");
  });
});

describe("reconciling", { timeout, concurrency: 3 }, () => {
  test("settles a task whose webhook was dropped, and its event goes out", async (t) => {
    const { app, operator } = await startOperated(["one"]);
    t.after(() => app.close());
    const ada = await app.as("ada");
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    app.emulator.finish(taskId);
    const answer = await operator.call(`/admin/tasks/${taskId}/reconcile`, { method: "POST" });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.task.status, "completed");
    await watcher.task("completed", 3000);
    watcher.close();
    assert.equal((await app.rows(taskId)).task?.status, "completed");
    await app.emulator.until(() => attemptsAt(app, "one", `evt_${taskId}_2`).length === 1);
    const told = await operator.call(`/admin/tasks/${taskId}`);
    const end = told.body.timeline.find((one: any) => one.what === "ended");
    assert.equal(end.detail, "It has completed. No webhook that said so is in the log.");
    // What is final is not asked about again.
    const polls = () => app.emulator.requests.filter(({ path }) => path.includes(taskId)).length;
    const before = polls();
    assert.equal((await operator.call(`/admin/tasks/${taskId}/reconcile`, { method: "POST" })).status, 200);
    assert.equal(polls(), before);
  });

  test("leaves one under way as it is, and says so if the provider is away", async (t) => {
    const { app, operator } = await startOperated([]);
    t.after(() => app.close());
    const { taskId } = await (await app.as("ada")).start();
    const reconcile = () => operator.call(`/admin/tasks/${taskId}/reconcile`, { method: "POST" });
    const answer = await reconcile();
    assert.deepEqual([answer.status, answer.body.task?.status], [200, "pending"], answer.text);
    await app.emulator.close();
    assertRefused(await reconcile(), 503, "provider_unavailable");
  });

  test("is for operators alone, and for tasks that there are", async (t) => {
    const { app, operator } = await startOperated([]);
    t.after(() => app.close());
    const ada = await app.as("ada");
    const { taskId } = await ada.start();
    for (const [path, method] of [
      [`/admin/tasks/${taskId}`, "GET"],
      [`/admin/tasks/${taskId}/reconcile`, "POST"],
    ] as const) {
      assertRefused(await ada.call(path, { method }), 403, "forbidden", path);
      assert.equal((await fetch(app.base + path, { method })).status, 401);
      const other = path.replace(taskId, "tsk_none");
      assertRefused(await operator.call(other, { method }), 404, "not_found", other);
      const key = path.replace(taskId, "01a1f8660d00AAAAAAAAAAAAAAAA");
      assertRefused(await operator.call(key, { method }), 404, "not_found", key);
    }
    // A made-up id makes no object.
    const shim = await app.shim();
    assert.equal(shim.tsk_none, undefined);
  });
});
