/** What operators see of events out: how each stands on its roads, also after D1 was away, and sending one again. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { eventually } from "./support/eventually.ts";
import { ask, contentRow } from "./support/river.ts";
import { attemptsAt, ended, ringOften, ringUntil, standing, startOperated, untilTried } from "./support/roads.ts";
import { refusal } from "./support/troubles.ts";

const timeout = 120_000;

describe("an operator sees an event", { timeout, concurrency: 3 }, () => {
  test("with how it stands on each road, and the very body that is sent", async (t) => {
    const { app, operator } = await startOperated(["one"], { backend: true });
    t.after(() => app.close());
    const taskId = await ended(app, "ada");
    const id = `evt_${taskId}_2`;
    const event = await standing(operator, id, "delivered");
    const { body, roads, ...rest } = event;
    assert.deepEqual(rest, {
      id,
      at: JSON.parse(body).timestamp,
      type: "task.completed",
      taskId,
      version: 2,
      state: "delivered",
    });
    assert.deepEqual(Object.keys(roads), ["address 1", "hook", "queue"]);
    for (const [name, status] of [
      ["address 1", 200],
      ["hook", 200],
      ["queue", null],
    ] as const) {
      const { at, ...road } = roads[name];
      assert.deepEqual(road, { state: "delivered", attempts: 1, status, nextAt: null, reason: null });
      assert.ok(Math.abs(Date.parse(at) - app.now()) < 60_000, at);
    }
    assert.deepEqual(JSON.parse(body), attemptsAt(app, "one")[0]?.body);
    // The task has moved on: that is what would be sent now.
    await app.sql("UPDATE tasks SET version = 3 WHERE mynth_task_id = ?", taskId);
    const { event: later } = (await operator.call(`/admin/events/${id}`)).body;
    assert.deepEqual(JSON.parse(later.body).data, { taskId, version: 2, thin: true });
  });

  test("wait with its next attempt, fail for good, and be listed as such", async (t) => {
    const { app, operator } = await startOperated(["one", "two"]);
    t.after(() => app.close());
    app.emulator.receiver.plans.set("one", "500,410");
    const failed = await ended(app, "ada");
    const waits = await standing(operator, `evt_${failed}_2`, "waiting");
    const { state, attempts, status, nextAt, at, reason } = waits.roads["address 1"];
    assert.deepEqual([state, attempts, status, reason], ["waiting", 1, 500, null]);
    const pause = Date.parse(nextAt) - Date.parse(at);
    assert.ok(pause >= 4500 && pause <= 5500, `${pause}`);
    await untilTried(app, failed, "one", 2);
    const event = await standing(operator, `evt_${failed}_2`, "failed");
    assert.deepEqual(
      [event.roads["address 1"].reason, event.roads["address 1"].attempts, event.roads["address 2"].state],
      ["gone", 2, "delivered"],
    );

    app.emulator.receiver.plans.set("one", "503:3600");
    const waiting = await ended(app, "bob");
    await standing(operator, `evt_${waiting}_2`, "waiting");
    app.emulator.receiver.plans.clear();
    const delivered = await ended(app, "ada");
    await standing(operator, `evt_${delivered}_2`, "delivered");

    const listed = async (query: string) => {
      const { status, body, text } = await operator.call(`/admin/events?${query}`);
      assert.equal(status, 200, text);
      return { ids: body.events.map((one: any) => one.taskId), next: body.nextCursor as string | null };
    };
    assert.deepEqual((await listed("state=failed")).ids, [failed]);
    assert.deepEqual((await listed("state=waiting")).ids, [waiting]);
    assert.deepEqual((await listed("state=delivered")).ids, [delivered]);
    assert.deepEqual(await listed(""), { ids: [delivered, waiting, failed], next: null });
    assert.deepEqual((await listed(`task=${waiting}`)).ids, [waiting]);

    const first = await listed("limit=2");
    assert.deepEqual(first.ids, [delivered, waiting]);
    assert.deepEqual(await listed(`limit=2&cursor=${first.next}`), { ids: [failed], next: null });
    assertRefused(await operator.call(`/admin/events?state=failed&cursor=${first.next}`), 422, "validation_error");
    // Who follows goes on from the last one, and misses none.
    const old = await listed("order=oldest");
    assert.deepEqual(old.ids, [failed, waiting, delivered]);
    assert.deepEqual((await listed(`order=oldest&cursor=${old.next}`)).ids, []);
    const last = await ended(app, "ada");
    await standing(operator, `evt_${last}_2`, "delivered");
    assert.deepEqual((await listed(`order=oldest&cursor=${old.next}`)).ids, [last]);
  });

  test("that was delivered while D1 was away, once D1 is back", async (t) => {
    const { app, operator } = await startOperated(["one"]);
    t.after(() => app.close());
    const broken = refusal("events", "INSERT");
    await broken.begin(app);
    const taskId = await ended(app, "ada");
    await app.emulator.until(() => attemptsAt(app, "one").length === 1);
    await ringOften(app, taskId, 3);
    assertRefused(await operator.call(`/admin/events/evt_${taskId}_2`), 404, "not_found");
    await broken.end(app);
    // Its room is not cleaned before that.
    await ringOften(app, taskId, 2);
    const event = await standing(operator, `evt_${taskId}_2`, "delivered");
    assert.equal(event.roads["address 1"].attempts, 1);
    assert.equal(attemptsAt(app, "one").length, 1, "it is not sent again for that");
  });

  test("of content, and no more of it once that is erased", async (t) => {
    const { app, operator } = await startOperated(["one"]);
    t.after(() => app.close());
    const ada = await app.as("ada");
    const { channelId } = await ask(ada);
    await app.emulator.modelriver.deliver(channelId);
    await untilTried(app, `channel:${channelId}`, "one", 1);
    const row = await contentRow(app, channelId);
    const event = await standing(operator, `evt_${row.id}_2`, "delivered");
    assert.deepEqual([event.type, event.taskId], ["content.created", row.id]);
    assert.equal(JSON.parse(event.body).data.id, row.id);
    assert.equal((await ada.call(`/content/${row.id}`, { method: "DELETE" })).status, 204);
    assertRefused(await operator.call(`/admin/events/evt_${row.id}_2`), 404, "not_found");
  });

  test("no more once its task is erased, and nothing that comes late brings it back", async (t) => {
    const { app, operator } = await startOperated(["one"]);
    t.after(() => app.close());
    app.emulator.receiver.plans.set("one", "500");
    const taskId = await ended(app, "ada");
    await standing(operator, `evt_${taskId}_2`, "waiting");
    assert.equal((await (await app.as("ada")).call(`/tasks/${taskId}`, { method: "DELETE" })).status, 204);
    assertRefused(await operator.call(`/admin/events/evt_${taskId}_2`), 404, "not_found");
    await untilTried(app, taskId, "one", 2);
    await ringOften(app, taskId, 2);
    const rows = await app.sql("SELECT * FROM events");
    assert.ok(!JSON.stringify(rows).includes(taskId), JSON.stringify(rows));
    assert.deepEqual((await operator.call("/admin/events")).body.events, []);
  });

  test("not with the log off", async (t) => {
    const { app, operator } = await startOperated(["one"], { vars: { DELIVERY_LOG: "off" } });
    t.after(() => app.close());
    const taskId = await ended(app, "ada");
    await app.emulator.until(() => attemptsAt(app, "one").length === 1);
    await ringOften(app, taskId, 1);
    assert.deepEqual((await operator.call("/admin/events")).body, { events: [], nextCursor: null });
  });
});

describe("sent again", { timeout, concurrency: 3 }, () => {
  test("an event that has failed arrives with the same id and the same words", async (t) => {
    const { app, operator } = await startOperated(["one"]);
    t.after(() => app.close());
    app.emulator.receiver.plans.set("one", "410");
    const taskId = await ended(app, "ada");
    const id = `evt_${taskId}_2`;
    await standing(operator, id, "failed");
    const { status, body } = await operator.call(`/admin/events/${id}/resend`, { method: "POST" });
    assert.deepEqual([status, body.event.id, body.event.state], [202, id, "waiting"]);
    await app.emulator.until(() => attemptsAt(app, "one").length === 2);
    const [first, second] = attemptsAt(app, "one");
    assert.deepEqual([second?.id, second?.refused, second?.body], [id, null, first?.body]);
    const event = await standing(operator, id, "delivered");
    assert.deepEqual([event.roads["address 1"].attempts, event.roads["address 1"].reason], [1, null]);
    // There is one row, in its old place.
    assert.equal((await operator.call("/admin/events")).body.events.length, 1);
  });

  test("one whose room was cleaned arrives, of a task and of content", async (t) => {
    const { app, operator } = await startOperated(["one"]);
    t.after(() => app.close());
    const taskId = await ended(app, "ada");
    const { channelId } = await ask(await app.as("ada"));
    await app.emulator.modelriver.deliver(channelId);
    await untilTried(app, `channel:${channelId}`, "one", 2);
    const row = await contentRow(app, channelId);
    await eventually(async () => (await contentRow(app, channelId)).callback === "delivered", 10_000);
    const rooms: [id: string, room: string][] = [
      [`evt_${taskId}_2`, taskId],
      [`evt_${row.id}_2`, `channel:${channelId}`],
    ];
    for (const [id] of rooms) await standing(operator, id, "delivered");
    for (const [, room] of rooms) await ringOften(app, room, 4);
    for (const [id, room] of rooms) {
      const before = attemptsAt(app, "one", id);
      assert.equal(before.length, 1);
      assert.equal((await operator.call(`/admin/events/${id}/resend`, { method: "POST" })).status, 202);
      await ringUntil(app, room, () => attemptsAt(app, "one", id).length === 2);
      const { callback: _, ...then } = (before[0]?.body?.data ?? {}) as Record<string, unknown>;
      const { callback: __, ...now } = (attemptsAt(app, "one", id)[1]?.body?.data ?? {}) as Record<string, unknown>;
      assert.deepEqual(now, then);
      await standing(operator, id, "delivered");
    }
  });

  test("an event takes the roads of the settings now", async (t) => {
    const { app, operator } = await startOperated(["one"], { vars: { EVENTS_HOOK: "not a binding" } });
    t.after(() => app.close());
    const taskId = await ended(app, "ada");
    const id = `evt_${taskId}_2`;
    const event = await standing(operator, id, "waiting");
    assert.deepEqual([event.roads.hook.state, event.roads.hook.reason], ["waiting", "held"]);
    // As if it had once had another road, which was given up.
    await app.sql(
      `UPDATE events SET state = 'failed', roads = json_set(roads, '$."address 2"', json('{"state":"failed","attempts":10,"status":500,"at":"2026-11-20T10:00:00.000Z","nextAt":null,"reason":"exhausted"}'))`,
    );
    const { body } = await operator.call(`/admin/events/${id}/resend`, { method: "POST" });
    assert.deepEqual(Object.keys(body.event.roads), ["address 1", "hook"]);
    await ringUntil(app, taskId, () => attemptsAt(app, "one", id).length === 2);
    const again = await standing(operator, id, "waiting");
    assert.deepEqual(Object.keys(again.roads), ["address 1", "hook"]);
  });

  test("nothing is without a road, or when what it is about is gone", async (t) => {
    const { app, operator } = await startOperated([]);
    t.after(() => app.close());
    const { taskId } = await (await app.as("ada")).start();
    const row = `INSERT INTO events (id, at, type, subject, version, state, roads) VALUES (?, '2026-11-26T10:00:00.000Z', 'task.failed', ?, 2, 'failed', '{}')`;
    for (const subject of [taskId, "tsk_gone"]) await app.sql(row, `evt_${subject}_2`, subject);
    const resend = (id: string) => operator.call(`/admin/events/${id}/resend`, { method: "POST" });
    assertRefused(await resend(`evt_${taskId}_2`), 409, "no_road");
    assertRefused(await resend("evt_tsk_none_2"), 404, "not_found");

    const { app: other, operator: second } = await startOperated(["one"]);
    t.after(() => other.close());
    await other.sql(row, "evt_tsk_gone_2", "tsk_gone");
    assertRefused(await second.call("/admin/events/evt_tsk_gone_2/resend", { method: "POST" }), 404, "not_found");
  });
});

describe("what is not for everyone", { timeout }, () => {
  test("is refused to users and to strangers, and what is wrong is named", async (t) => {
    const { app, operator } = await startOperated(["one"]);
    t.after(() => app.close());
    const taskId = await ended(app, "ada");
    const ada = await app.as("ada");
    await standing(operator, `evt_${taskId}_2`, "delivered");
    const paths: [string, string][] = [
      ["/admin/events", "GET"],
      [`/admin/events/evt_${taskId}_2`, "GET"],
      [`/admin/events/evt_${taskId}_2/resend`, "POST"],
    ];
    for (const [path, method] of paths) {
      assertRefused(await ada.call(path, { method }), 403, "forbidden", path);
      const stranger = await fetch(app.base + path, { method });
      assert.equal(stranger.status, 401, path);
    }
    assert.equal(attemptsAt(app, "one").length, 1);
    for (const id of ["evt_tsk_none_2", "x", "evt_%20_2"])
      assertRefused(await operator.call(`/admin/events/${id}`), 404, "not_found", id);
    const wrong = await operator.call("/admin/events?state=lost&order=up&limit=0&cursor=x&task=a%20b&verdict=applied");
    assertRefused(wrong, 422, "validation_error");
    assert.deepEqual(
      wrong.body.error.issues.map((issue: any) => issue.path),
      ["state", "order", "limit", "task", "verdict", "cursor"],
    );
  });
});
