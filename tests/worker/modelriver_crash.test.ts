/** kill -9 between a webhook, its row and its callback: nothing is lost, and nothing counts twice. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { eventually } from "./support/eventually.ts";
import { aiRequest, ask } from "./support/river.ts";
import { startRiverChild } from "./support/river_child.ts";
import { watchContent, watchRiver } from "./support/river_watcher.ts";

/** What a crash has cut off goes on when alarms fire again: at once, or after a pause of seconds. */
const RESUMED_MS = 30_000;
/** From a callback's 2xx to the Worker having stored it, on a busy machine. */
const UNHEARD_MS = 1500;
/** Longer than any test here: who hangs so long is cut off by the kill. */
const HELD = { delayMs: 90_000, cut: "before", times: 1 } as const;

const ofAda = { user_id: "ada" };

describe("kill -9", { timeout: 100_000, concurrency: 2 }, () => {
  test("between the row and the callback leaves one row, and the callback goes out afterwards", async (t) => {
    const river = await startRiverChild(t);
    const { child, emulator, ada } = river;
    const { channelId } = await ask(ada);
    const channel = emulator.modelriver.channels.get(channelId);
    assert.ok(channel);
    channel.callbackPlan = HELD;
    const [attempt] = await emulator.modelriver.deliver(channelId);
    assert.equal(attempt?.status, 200);
    const [row] = await river.rows();
    assert.deepEqual([row.channelId, row.callback], [channelId, "pending"]);
    // The callback is on its way: the provider has it, and has not answered.
    await emulator.until(() => emulator.modelriver.callbacks.length === 1);
    await child.kill();
    await child.start();
    await emulator.until(
      () => emulator.modelriver.callbacks.some(({ isTaken, status }) => isTaken && status === 200),
      RESUMED_MS,
    );
    const [after, ...more] = await eventually(async () => {
      const rows = await river.rows();
      return rows[0]?.callback === "delivered" ? rows : undefined;
    }, RESUMED_MS);
    assert.deepEqual([{ ...after, callback: "pending" }, more], [row, []]);
    // The provider tells it again: nothing comes of that.
    for (const copy of await emulator.modelriver.replay(attempt, { copies: 5 })) assert.equal(copy.status, 200);
    assert.deepEqual(await river.rows(), [after]);
    const taken = emulator.modelriver.callbacks.filter(({ isTaken }) => isTaken);
    assert.deepEqual(
      taken.map(({ body }: any) => [body.data.id, body.metadata.record_id]),
      [[row.id, row.id]],
    );
    assert.equal(emulator.modelriver.repeated, 0);
  });

  test("in a storm of webhooks loses no row that was acknowledged, and no callback", async (t) => {
    const river = await startRiverChild(t);
    const { child, emulator } = river;
    const begin = (i: number) =>
      emulator.modelriver.start({
        workflow: "films",
        messages: [{ role: "user", content: `film ${i}` }],
        metadata: ofAda,
      });
    const ids = Array.from({ length: 60 }, (_, i) => begin(i).id);
    const waiting = [...ids];
    const storm = Array.from({ length: 6 }, async () => {
      for (let id = waiting.shift(); id; id = waiting.shift()) await emulator.modelriver.deliver(id);
    });
    const acknowledged = () => emulator.modelriver.deliveries.filter(({ status }) => status === 200);
    await emulator.until(() => acknowledged().length >= 20, 20_000);
    const killedAt = Date.now();
    await child.kill();
    await Promise.all(storm);
    const known = new Set(acknowledged().map(({ channelId }) => channelId));
    assert.ok(known.size >= 20 && known.size < ids.length, `${known.size}`);

    await child.start();
    const rowsOf = async () => new Map((await river.rows()).map((row) => [row.channelId, row]));
    await eventually(
      async () => {
        const rows = await rowsOf();
        return [...known].every((id) => rows.get(id)?.callback === "delivered");
      },
      RESUMED_MS,
      "what was acknowledged is there, and told",
    );
    // The provider repeats all, since it cannot know; and nothing of it shows.
    await Promise.all(ids.map((id) => emulator.modelriver.deliver(id, { copies: 2 })));
    await eventually(
      async () =>
        [...(await rowsOf()).values()].filter(({ callback }) => callback === "delivered").length === ids.length,
      RESUMED_MS,
    );
    const rows = await river.rows();
    assert.deepEqual(rows.map(({ channelId }) => channelId).sort(), [...ids].sort());
    // Only what the kill kept from hearing its own 2xx may be told twice, and then in the same words.
    for (const repeated of emulator.modelriver.callbacks.filter(({ isRepeated }) => isRepeated)) {
      const first = emulator.modelriver.callbacks.find(
        ({ channelId, isTaken }) => channelId === repeated.channelId && isTaken,
      );
      assert.ok(
        first && first.at > killedAt - UNHEARD_MS && first.at < killedAt + UNHEARD_MS,
        `${first?.at} ${killedAt}`,
      );
      assert.deepEqual(repeated.body, first.body);
    }
  });

  test("between the provider's answer and the channel leaves one that its webhook finds", async (t) => {
    const river = await startRiverChild(t);
    const { child, emulator, ada } = river;
    emulator.options.modelriver.onStart = () => child.kill();
    await assert.rejects(ask(ada));
    emulator.options.modelriver.onStart = undefined;
    const [channelId = ""] = emulator.modelriver.channels.keys();
    await child.start();
    assert.equal((await emulator.modelriver.deliver(channelId))[0]?.status, 200);
    const [row] = await river.rows();
    assert.deepEqual([row.channelId, row.userId], [channelId, "ada"]);
    assert.equal((await ada.call(`/channels/${channelId}`)).body.content.id, row.id);
    await emulator.until(() => emulator.modelriver.callbacks.some(({ isTaken }) => isTaken), RESUMED_MS);
  });

  test("while the provider is being asked leaves an Idempotency-Key that asks it no second time", async (t) => {
    const { child, emulator, ada } = await startRiverChild(t);
    const key = { "idempotency-key": "one" };
    emulator.options.modelriver.onStart = () => child.kill();
    await assert.rejects(ada.post("/ai", aiRequest(), key));
    emulator.options.modelriver.onStart = undefined;
    await child.start();
    // Nobody knows what became of the first one: it may have been taken, and it may be paid.
    assertRefused(await ada.post("/ai", aiRequest(), key), 409, "idempotency_in_progress");
    assert.equal(emulator.modelriver.channels.size, 1);
    assert.equal((await ada.post("/ai", aiRequest(), { "idempotency-key": "two" })).status, 201);
  });

  test("leaves watchers that come back: to the channel by its version, to the feed by their last row", async (t) => {
    const river = await startRiverChild(t);
    const { child, emulator, ada } = river;
    const asked = [await ask(ada), await ask(ada), await ask(ada)];
    const feed = await watchContent(ada);
    const [first, second, third] = asked.map(({ channelId }) => channelId) as [string, string, string];
    await emulator.modelriver.deliver(first);
    const { content } = await feed.until(({ frames }) => frames[0]);
    const watcher = await watchRiver(child.base, asked[1].live);
    await watcher.channel("pending");
    await child.kill();
    await child.start();
    await emulator.modelriver.deliver(second);
    const again = await watchRiver(child.base, asked[1].live, `?version=${watcher.version}`);
    const shown = await again.channel("completed");
    const back = await watchContent(ada, `?after=${content.id}`);
    await back.row(shown.content.id);
    await emulator.modelriver.deliver(third);
    await back.until(({ ids }) => ids.length === 2);
    assert.deepEqual(
      back.frames.map((frame) => frame.content.channelId),
      [second, third],
    );
    for (const one of [feed, watcher, again, back]) one.terminate();
  });
});

describe("an object whose storage is gone", { timeout: 60_000 }, () => {
  test("makes no second row of a webhook that it has seen, and calls nobody back again", async (t) => {
    const river = await startRiverChild(t);
    const { child, emulator, ada } = river;
    const asked = await ask(ada);
    const foreign = emulator.modelriver.start({
      workflow: "films",
      messages: [{ role: "user", content: "x" }],
      metadata: ofAda,
    });
    const ids = [asked.channelId, foreign.id];
    for (const id of ids) assert.equal((await emulator.modelriver.deliver(id))[0]?.status, 200);
    const delivered = async () => {
      const rows = await river.rows();
      return rows.length === 2 && rows.every(({ callback }) => callback === "delivered") && rows;
    };
    const before = await eventually(delivered, RESUMED_MS);
    await child.kill();
    await river.wipeObjects();
    await child.start();
    const feed = await watchContent(ada);
    for (const attempt of [...emulator.modelriver.deliveries]) {
      const [again] = await emulator.modelriver.replay(attempt);
      assert.equal(again?.status, 200);
    }
    // A new one, behind them: when it is told, whatever they would have told has been.
    const third = await ask(ada);
    await emulator.modelriver.deliver(third.channelId);
    await emulator.until(
      () => emulator.modelriver.callbacks.some(({ channelId, isTaken }) => channelId === third.channelId && isTaken),
      RESUMED_MS,
    );
    await eventually(
      async () => {
        const shown = await Promise.all(ids.map((id) => ada.call(`/channels/${id}`)));
        return shown.every(({ body }) => body.content.callback === "delivered");
      },
      RESUMED_MS,
      "the objects remember that it was told",
    );
    const rows = (await river.rows()).filter(({ channelId }) => ids.includes(channelId));
    assert.deepEqual(rows, before);
    assert.equal(emulator.modelriver.callbacks.filter(({ channelId }) => ids.includes(channelId ?? "")).length, 2);
    assert.equal(emulator.modelriver.repeated, 0);
    await feed.settled();
    assert.deepEqual(
      feed.frames.map(({ content }) => content.channelId),
      [third.channelId],
    );
    feed.terminate();
  });
});
