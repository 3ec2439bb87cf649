/** D1 away, slow, or lying when ModelRiver's webhook comes: it is taken, and its row is there in the end, once. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { eventually } from "./support/eventually.ts";
import { aiRequest, aiStarts, ask, callbacksOf, calledBack, contentRow, inventedChannelId } from "./support/river.ts";
import { watchContent, watchRiver } from "./support/river_watcher.ts";
import { ANSWER_MS, SHOWN_MS, startOwn, troubles } from "./support/troubles.ts";

/** Rows that D1 did not take are written again after 2 s, then 4 s, then 8 s. */
const HEALED_MS = 20_000;

describe("while D1 fails", { timeout: 90_000, concurrency: 3 }, () => {
  for (const [name, { begin, end }] of troubles("ai_content", "INSERT")) {
    test(`(${name}) a webhook is taken and shown at once, and its row comes later, once`, async (t) => {
      const { app, ada, river } = await startOwn(t);
      const { channelId, live } = await ask(ada);
      const watcher = await watchRiver(app.base, live);
      const feed = await watchContent(ada);
      await watcher.channel("pending");
      await begin(app);
      const before = Date.now();
      const delivery = river.deliver(channelId);
      const shown = await watcher.channel("completed", SHOWN_MS);
      const [attempt] = await delivery;
      assert.equal(attempt?.status, 200);
      assert.ok(Date.now() - before < ANSWER_MS, `${Date.now() - before} ms`);
      assert.equal(shown.content.userId, "ada");
      // Whoever the provider tells again is not told twice.
      const [copy] = await river.deliver(channelId);
      assert.equal(copy?.status, 200);
      await end(app);

      const row = await eventually(() => contentRow(app, channelId), HEALED_MS);
      assert.equal(row.id, shown.content.id);
      const fed = await feed.row(row.id, HEALED_MS);
      assert.deepEqual({ ...fed, callback: "-" }, { ...shown.content, callback: "-" });
      await calledBack(app, channelId, "delivered", HEALED_MS);
      await feed.settled();
      await watcher.settled();
      assert.deepEqual(feed.ids, [row.id]);
      assert.equal(callbacksOf(app, channelId).length, 1);
      const { content } = (await ada.call("/content")).body;
      assert.deepEqual(
        content.map(({ id, callback }: any) => [id, callback]),
        [[row.id, "delivered"]],
      );
      watcher.terminate();
      feed.terminate();
    });
  }

  test("(no table is there) a webhook is taken all the same", async (t) => {
    const { app, ada, river } = await startOwn(t);
    const { channelId, live } = await ask(ada);
    const watcher = await watchRiver(app.base, live);
    await app.sql("ALTER TABLE ai_content RENAME TO away");
    await app.sql("ALTER TABLE channels RENAME TO gone");
    const [attempt] = await river.deliver(channelId);
    assert.equal(attempt?.status, 200);
    await watcher.channel("completed");
    // Its ticket needs no D1; its owner's list does.
    const read = await fetch(`${app.base}/channels/${channelId}?ticket=${live.ticket}`);
    assert.equal(((await read.json()) as any).channel.status, "completed");
    assertRefused(await ada.call("/content"), 503, "unavailable");
    assertRefused(await ada.call("/content/cnt_x"), 503, "unavailable");
    assertRefused(await ada.call(`/channels/${channelId}`), 503, "unavailable");
    await app.sql("ALTER TABLE away RENAME TO ai_content");
    await app.sql("ALTER TABLE gone RENAME TO channels");
    await calledBack(app, channelId, "delivered", HEALED_MS);
    const [row] = await app.sql("SELECT status FROM channels WHERE channel_id = ?", channelId);
    assert.equal(row?.status, "completed");
    watcher.terminate();
  });

  test("a start is still a channel, if D1 went away after the provider was called", async (t) => {
    const { app, ada, river } = await startOwn(t);
    app.emulator.options.modelriver.onStart = () => app.sql("ALTER TABLE channels RENAME TO gone").then(() => {});
    const { channelId, channel, live } = await ask(ada);
    assert.deepEqual([channel.status, channel.userId], ["pending", "ada"]);
    const watcher = await watchRiver(app.base, live);
    await app.sql("ALTER TABLE gone RENAME TO channels");
    await eventually(async () => (await app.sql("SELECT * FROM channels")).length === 1, HEALED_MS);
    assert.equal((await ada.call(`/channels/${channelId}`)).body.channel.status, "pending");
    await river.deliver(channelId);
    await watcher.callback("delivered", HEALED_MS);
    watcher.terminate();
  });

  test("a channel that D1 does not have yet was a final 404 to its owner", async (t) => {
    const { app, ada } = await startOwn(t);
    const { channelId, channel } = await ask(ada);
    const [row] = await app.sql("SELECT * FROM channels");
    assert.ok(row);
    for (const [method, path] of [
      ["GET", ""],
      ["POST", "/ticket"],
    ] as const) {
      await app.sql("DELETE FROM channels");
      const reads = async () => (await app.shim()).worker?.d1Reads ?? 0;
      const before = await reads();
      const answer = ada.call(`/channels/${channelId}${path}`, { method });
      // It has looked, and found nothing.
      await eventually(async () => (await reads()) >= before + 2, 5000);
      const names = Object.keys(row);
      await app.sql(`INSERT INTO channels (${names}) VALUES (${names.map(() => "?")})`, ...Object.values(row));
      const { status, body, text } = await answer;
      assert.equal(status, 200, text);
      if (method === "GET") assert.deepEqual(body.channel, channel);
    }
  });

  test("a channel that nobody has started is a 404 in the end, and no object", async (t) => {
    const { app, ada } = await startOwn(t);
    const channelId = inventedChannelId();
    assertRefused(await ada.call(`/channels/${channelId}`), 404, "not_found");
    assert.equal((await app.shim())[`channel:${channelId}`], undefined);
  });

  test("a start under an Idempotency-Key that cannot be kept is a 503, and the provider is not called", async (t) => {
    const { app, ada } = await startOwn(t);
    await app.sql("ALTER TABLE idempotency_keys RENAME TO away");
    assertRefused(await ada.post("/ai", aiRequest(), { "idempotency-key": "k1" }), 503, "unavailable");
    assert.equal(aiStarts(app).length, 0);
    await app.sql("ALTER TABLE away RENAME TO idempotency_keys");
    assert.equal((await ada.post("/ai", aiRequest(), { "idempotency-key": "k1" })).status, 201);
  });
});
