/** The same webhook again, from whom and whenever: one row, and one callback that counts. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import {
  begin,
  bodyHeaders,
  callbacksOf,
  calledBack,
  contentRow,
  contentRows,
  dataHeaders,
  eventOf,
  inventedChannelId,
  sendRiver,
  tell,
} from "./support/river.ts";
import { watchContent, watchRiver } from "./support/river_watcher.ts";

const app = await startApp({ shim: true });
after(() => app.close());
const ada = await app.as("ada");
const river = app.emulator.modelriver;
const timeout = 40_000;

describe("a webhook that comes many times", { timeout }, () => {
  test("at once is one row and one callback, in either scheme and in both", async () => {
    const feed = await watchContent(ada);
    const channels = ["once", "twice", "thrice"].map((word) => begin(app, word, { user_id: "ada" }));
    const [a, b, both] = channels.map(({ id }) => id) as [string, string, string];
    const attempts = await Promise.all([
      river.deliver(a, { copies: 100, scheme: "a" }),
      river.deliver(b, { copies: 100, scheme: "b" }),
      river.deliver(both, { copies: 50, scheme: "a" }),
      river.deliver(both, { copies: 50, scheme: "b" }),
    ]);
    assert.deepEqual([...new Set(attempts.flat().map(({ status }) => status))], [200]);
    assert.equal(attempts.flat().length, 300);
    for (const { id } of channels) {
      const row = await calledBack(app, id, "delivered");
      await feed.row(row.id);
      assert.equal(callbacksOf(app, id).length, 1);
    }
    await feed.settled();
    assert.equal(feed.ids.length, 3);
    assert.equal(river.repeated, 0);
    feed.terminate();
  });

  test("writes nothing more", async () => {
    const { id } = begin(app);
    const [attempt] = await river.deliver(id);
    await calledBack(app, id, "delivered");
    await river.deliver(id); // by now the last of it is written
    const room = `channel:${id}`;
    const before = { room: (await app.shim())[room], row: await contentRow(app, id) };
    assert.ok(attempt);
    await river.replay(attempt, { copies: 50 });
    await river.deliver(id, { copies: 50 });
    assert.deepEqual({ room: (await app.shim())[room], row: await contentRow(app, id) }, before);
    assert.equal(callbacksOf(app, id).length, 1);
  });

  test("is known by its channel and its type, whatever else it says", async () => {
    const channelId = inventedChannelId();
    await tell(app.base, eventOf(channelId, { title: "First" }, { customer_data: { user_id: "ada" } }));
    const first = await contentRow(app, channelId);
    await tell(
      app.base,
      eventOf(channelId, { title: "Second" }, { event: "other", customer_data: { user_id: "eve" } }),
    );
    assert.deepEqual(await contentRow(app, channelId), first);
    await tell(app.base, {
      type: "task.completed",
      workflow: "films",
      channel_id: channelId,
      data: { title: "Third" },
    });
    assert.deepEqual(
      (await contentRows(app, channelId)).map(({ title }) => title),
      ["First", "Third"],
    );
    const elsewhere = inventedChannelId();
    await tell(app.base, eventOf(elsewhere, { title: "First" }));
    assert.notEqual((await contentRow(app, elsewhere)).id, first.id);
  });

  test("and is still known after its object was put to sleep, between any two", async () => {
    const { id } = begin(app);
    const [attempt] = await river.deliver(id);
    assert.ok(attempt);
    const row = await calledBack(app, id, "delivered");
    for (let i = 0; i < 3; i++) {
      await app.evictChannel(id);
      const [again] = await river.replay(attempt);
      assert.equal(again?.status, 200);
    }
    assert.deepEqual(await contentRow(app, id), row);
    assert.equal(callbacksOf(app, id).length, 1);
  });

  test("is not known by somebody else's say-so: a copy that nobody signed is refused", async () => {
    const channelId = inventedChannelId();
    const body = JSON.stringify(eventOf(channelId));
    await tell(app.base, eventOf(channelId));
    for (const sign of [bodyHeaders, dataHeaders]) {
      assert.equal((await sendRiver(app.base, body, sign(body, { secret: "x" }))).status, 401);
    }
  });
});

describe("an end that is followed by another", { timeout }, () => {
  const failed = (channelId: string) => ({
    type: "task.completed",
    status: "error",
    channel_id: channelId,
    error: { message: "No." },
  });

  test("is a success for good, when that came first", async () => {
    const channelId = inventedChannelId();
    await tell(app.base, eventOf(channelId, { title: "Made" }, { customer_data: { user_id: "ada" } }));
    const before = (await ada.call(`/channels/${channelId}`)).body;
    assert.equal(before.channel.status, "completed");
    await tell(app.base, failed(channelId));
    await tell(app.base, { ...failed(channelId), type: "task.failed" });
    assert.deepEqual((await ada.call(`/channels/${channelId}`)).body, before);
  });

  test("is a success after all, when a failure came first", async () => {
    const { id } = begin(app, "a film", { user_id: "ada" });
    await tell(app.base, failed(id));
    assert.deepEqual(await contentRows(app, id), []);
    await river.deliver(id, { copies: 3, outcome: "completed" });
    await calledBack(app, id, "delivered");
    const { channel, content } = (await ada.call(`/channels/${id}`)).body;
    assert.deepEqual([channel.status, channel.error, content.callback], ["completed", null, "delivered"]);
    assert.equal((await (await app.as("eve")).call(`/channels/${id}`)).status, 404);
  });

  test("is shown to who watches, once each", async () => {
    const channelId = inventedChannelId();
    await tell(app.base, eventOf(channelId, { title: "One" }, { customer_data: { user_id: "ada" } }));
    const { ticket } = (await ada.call(`/channels/${channelId}/ticket`, { method: "POST" })).body;
    const watcher = await watchRiver(app.base, { url: `/channels/${channelId}/live`, ticket });
    assert.equal((await watcher.channel("completed")).content.title, "One");
    await tell(app.base, eventOf(channelId, { title: "Again" }));
    await tell(app.base, failed(channelId));
    await watcher.settled();
    assert.equal(watcher.frames.length, 1);
    watcher.terminate();
  });
});
