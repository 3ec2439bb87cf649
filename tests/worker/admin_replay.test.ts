/** Deliveries that are repeated: what was taken changes nothing, what was not can be taken, and what cannot be trusted stays out. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { type App, startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import { everything, get, logged, OPERATOR_VARS, operate, post } from "./support/operator.ts";
import { bodyHeaders, eventOf, inventedChannelId, sendRiver } from "./support/river.ts";
import { inventedTaskId, sendWebhook, standardHeaders } from "./support/signatures.ts";

const timeout = 90_000;
const app = await startApp({ vars: OPERATOR_VARS, shim: true });
after(() => app.close());
const ada = await app.as("ada");

const EVENT = "task.image.generate.completed";
const image = { status: "succeeded", id: "img_1", url: "https://cdn.example/1.png" };

function bodyOf(taskId: string, id: string): string {
  return JSON.stringify({ id, type: EVENT, data: { id: taskId, status: "completed", result: { images: [image] } } });
}

/** The one row of the log about this. */
async function rowOf(of: App, taskId: string): Promise<any> {
  await eventually(
    async () => (await get(of, `/admin/deliveries?task=${taskId}`)).deliveries.length > 0,
    10_000,
    "a row",
  );
  const { deliveries } = await get(of, `/admin/deliveries?task=${taskId}`);
  assert.equal(deliveries.length, 1);
  return deliveries[0];
}

const replay = (of: App, id: string) => operate(of, `/admin/deliveries/${id}/replay`, {});

/** A row with a body that is whole. */
const row = (body: string, more: object = {}) => ({
  at: new Date().toISOString(),
  body,
  bytes: Buffer.byteLength(body),
  ...more,
});

describe("a delivery that is repeated", { timeout }, () => {
  test("after it was taken is a duplicate, changes no row and sends no frame", async () => {
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    await app.emulator.deliver(taskId);
    await watcher.task("completed");
    const { id } = await rowOf(app, taskId);
    const frames = watcher.frames.length;
    const before = await everything(app);
    for (let i = 0; i < 3; i++) {
      const answer = await replay(app, id);
      assert.deepEqual([answer.status, answer.body], [200, { verdict: "duplicate" }]);
    }
    assert.equal(await everything(app), before);
    const [line] = app.lines("replayed").filter((line) => line.id === taskId);
    assert.deepEqual(
      [line?.provider, line?.code, line?.reason],
      ["mynth", "duplicate", `Delivery ${id}, asked for by server ops.`],
    );
    // The next frame is the one of its end.
    assert.equal((await ada.call(`/tasks/${taskId}`, { method: "DELETE" })).status, 204);
    await watcher.until(({ erased }) => erased);
    assert.equal(watcher.frames.length, frames);
    watcher.terminate();
    assertRefused(await replay(app, id), 410, "gone");
  });

  test("after another has ended its task is stale, and the first word stands", async () => {
    const { taskId } = await ada.start();
    await app.emulator.deliver(taskId);
    await rowOf(app, taskId);
    const before = await everything(app);
    const body = bodyOf(taskId, "evt_other").replace("completed", "failed");
    const id = await logged(app, row(body, { task_id: taskId, provider_delivery: "evt_other", verdict: "failed" }));
    assert.deepEqual((await replay(app, id)).body, { verdict: "stale" });
    await app.sql("DELETE FROM deliveries WHERE id = ?", id);
    assert.equal(await everything(app), before);
    // It is a day later, and the room has forgotten its task.
    const again = await logged(app, row(body, { task_id: taskId, provider_delivery: "evt_other", verdict: "stale" }));
    await app.putClockForward(2 * 24 * 3600_000);
    assert.deepEqual((await replay(app, again)).body, { verdict: "stale" });
    await app.putClockForward(0);
    assert.equal((await ada.task(taskId)).status, "completed");
  });

  test("that could not be taken then is taken now, as often as it is repeated", async () => {
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    const id = `evt_${randomUUID()}`;
    const body = bodyOf(taskId, id);
    const failed = await logged(
      app,
      row(body, { task_id: taskId, provider_delivery: id, verdict: "failed", status: 503 }),
    );
    assert.deepEqual((await replay(app, failed)).body, { verdict: "applied" });
    assert.equal((await watcher.task("completed")).images[0].url, image.url);
    assert.deepEqual((await replay(app, failed)).body, { verdict: "duplicate" });
    // It has the key of the webhook itself.
    assert.equal((await sendWebhook(app.base, body, standardHeaders(body))).status, 200);
    const [{ n }] = (await app.sql("SELECT count(*) AS n FROM deliveries WHERE task_id = ?", taskId)) as [
      { n: number },
    ];
    await eventually(
      async () => (await get(app, `/admin/deliveries?task=${taskId}`)).deliveries.length === 2,
      5000,
      "its row",
    );
    assert.ok(n <= 2, "a replay leaves no row");
    const [{ verdict }] = (await get(app, `/admin/deliveries?task=${taskId}`)).deliveries;
    assert.equal(verdict, "duplicate");
    watcher.terminate();
  });

  test("of a channel is a duplicate, and one that names another than its row is refused", async () => {
    const channelId = inventedChannelId();
    const body = JSON.stringify(eventOf(channelId));
    await sendRiver(app.base, body, bodyHeaders(body));
    const { id } = await rowOf(app, channelId);
    const before = await everything(app);
    assert.deepEqual((await replay(app, id)).body, { verdict: "duplicate" });
    assert.equal(await everything(app), before);
    const { taskId } = await ada.start();
    const other = bodyOf(taskId, "evt_x");
    for (const task_id of [inventedTaskId(), channelId]) {
      const foreign = await logged(app, row(other, { task_id, provider_delivery: "evt_x" }));
      assertRefused(await replay(app, foreign), 409, "not_replayable");
    }
    assert.equal((await ada.task(taskId)).status, "pending");
  });

  test("that was never verified is refused, whatever else its row says", async () => {
    const { taskId } = await ada.start();
    const body = bodyOf(taskId, "evt_y");
    for (const more of [
      { verdict: "bad_signature" },
      { verdict: "too_large" },
      { verdict: "failed", provider_delivery: null },
      { verdict: "malformed", provider_delivery: null },
      { verdict: "nonsense" },
      { provider: "nobody" },
      { provider_delivery: "sha256:00" },
    ]) {
      const id = await logged(app, row(body, { task_id: taskId, provider_delivery: "evt_y", ...more }));
      assertRefused(await replay(app, id), 409, "not_replayable", JSON.stringify(more));
    }
    assert.equal((await ada.task(taskId)).status, "pending");
    assertRefused(await replay(app, "999999"), 404, "not_found");
  });

  test("whose body is erased, cut off or too old is gone", async () => {
    const { taskId } = await ada.start();
    const body = bodyOf(taskId, "evt_z");
    const old = new Date(Date.now() - 8 * 24 * 3600_000 - 1000).toISOString();
    for (const more of [{ body: null }, { bytes: Buffer.byteLength(body) + 1 }, { at: old }]) {
      const id = await logged(app, row(body, { task_id: taskId, provider_delivery: "evt_z", ...more }));
      assertRefused(await replay(app, id), 410, "gone", JSON.stringify(more));
    }
    assert.equal((await ada.task(taskId)).status, "pending");
  });

  test("with an event of an unknown type or one that cannot be read does nothing, as it did then", async () => {
    const other = await logged(
      app,
      row('{"id":"evt_o","type":"account.low"}', {
        task_id: null,
        verdict: "unknown_type",
        provider_delivery: "evt_o",
      }),
    );
    assert.deepEqual((await replay(app, other)).body, { verdict: "unknown_type" });
    const bad = await logged(
      app,
      row(`{"type":"${EVENT}"}`, { task_id: null, verdict: "malformed", provider_delivery: "evt_b" }),
    );
    assert.deepEqual((await replay(app, bad)).body, { verdict: "malformed" });
  });
});

describe("a delivery with a token in its address", { timeout }, () => {
  test("is repeated for the task of its row, and for no other", async () => {
    const of = await startApp({
      vars: {
        ...OPERATOR_VARS,
        MYNTH_WEBHOOK_MODE: "request",
        PUBLIC_URL: "https://a.example",
        MYNTH_WEBHOOK_SECRET: null,
      },
    });
    after(() => of.close());
    const [mine, eves] = [await (await of.as("ada")).start(), await (await of.as("eve")).start()];
    await of.emulator.deliver(mine.taskId);
    const { id } = await rowOf(of, mine.taskId);
    const { delivery } = await get(of, `/admin/deliveries/${id}`);
    assert.match(delivery.providerDelivery, /^request:/);
    const before = await everything(of);
    assert.deepEqual((await replay(of, id)).body, { verdict: "duplicate" });
    assert.equal(await everything(of), before);
    // Whose it is was never checked, or its body is another one.
    await of.sql("UPDATE deliveries SET verdict = 'failed' WHERE id = ?", id);
    assertRefused(await replay(of, id), 409, "not_replayable");
    await of.sql(
      "UPDATE deliveries SET verdict = 'applied', body = replace(body, ?, ?) WHERE id = ?",
      mine.taskId,
      eves.taskId,
      id,
    );
    assertRefused(await replay(of, id), 409, "not_replayable");
    assert.equal((await (await of.as("eve")).task(eves.taskId)).status, "pending");
  });
});

describe("deliveries of a time that are repeated", { timeout }, () => {
  test("are taken oldest first, and what cannot be repeated is skipped", async () => {
    const of = await startApp({ vars: OPERATOR_VARS });
    after(() => of.close());
    const user = await of.as("ada");
    const since = new Date(Date.now() - 60_000).toISOString();
    const { taskId } = await user.start();
    await of.emulator.deliver(taskId);
    await rowOf(of, taskId);
    const lost = await user.start();
    const body = bodyOf(lost.taskId, "evt_l");
    await logged(of, row(body, { task_id: lost.taskId, provider_delivery: "evt_l", verdict: "failed" }));
    await logged(of, row(body, { verdict: "bad_signature" }));
    await logged(of, row(body, { task_id: lost.taskId, body: null, provider_delivery: "evt_m" }));
    await logged(of, row(body, { at: "2020-01-01T00:00:00.000Z", task_id: lost.taskId, provider_delivery: "evt_l" }));
    const until = new Date(Date.now() + 60_000).toISOString();
    assert.deepEqual(await post(of, "/admin/replay", { since, until, verdict: "failed" }), {
      replayed: 1,
      skipped: 0,
      verdicts: { applied: 1 },
      nextCursor: null,
    });
    assert.equal((await user.task(lost.taskId)).status, "completed");
    const before = await everything(of);
    assert.deepEqual(await post(of, "/admin/replay", { since, until }), {
      replayed: 2,
      skipped: 2,
      verdicts: { duplicate: 2 },
      nextCursor: null,
    });
    assert.equal(await everything(of), before);
    const none = await post(of, "/admin/replay", { since: "2019-01-01T00:00:00Z", until: "2019-02-01T00:00:00Z" });
    assert.deepEqual(none, { replayed: 0, skipped: 0, verdicts: {}, nextCursor: null });
  });

  test("are 200 at most for each call, and a cursor goes on from there", async () => {
    const of = await startApp({ vars: OPERATOR_VARS });
    after(() => of.close());
    for (let i = 0; i < 205; i++) {
      const id = `evt_${i}`;
      const body = JSON.stringify({ id, type: "account.low" });
      await logged(of, row(body, { task_id: null, verdict: "unknown_type", provider_delivery: id }));
    }
    const range = {
      since: new Date(Date.now() - 60_000).toISOString(),
      until: new Date(Date.now() + 60_000).toISOString(),
    };
    const first = await post(of, "/admin/replay", range);
    assert.deepEqual([first.replayed, first.skipped, first.verdicts], [200, 0, { unknown_type: 200 }]);
    const other = await operate(of, "/admin/replay", { ...range, verdict: "unknown_type", cursor: first.nextCursor });
    assertRefused(other, 422, "validation_error");
    assert.equal(other.body.error.issues[0].path, "cursor");
    const second = await post(of, "/admin/replay", { ...range, cursor: first.nextCursor });
    assert.deepEqual([second.replayed, second.nextCursor], [5, null]);
  });

  test("need a time from and until, and nothing that is not known", async () => {
    const good = { since: "2026-11-20T10:00:00Z", until: "2026-11-20T11:00:00Z" };
    for (const [path, body] of [
      ["since", { ...good, since: undefined }],
      ["until", { ...good, until: "x" }],
      ["until", { ...good, until: good.since }],
      ["verdict", { ...good, verdict: "good" }],
      ["cursor", { ...good, cursor: "1" }],
      ["limit", { ...good, limit: 9 }],
    ] as const) {
      const answer = await operate(app, "/admin/replay", body);
      assertRefused(answer, 422, "validation_error", path);
      assert.equal(answer.body.error.issues[0].path, path);
    }
  });
});
