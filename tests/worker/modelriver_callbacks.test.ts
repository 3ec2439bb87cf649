/** The callback: told once, told again where it was not heard, and never at the cost of the row. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { CallbackPlan } from "../../emulator/modelriver/control.ts";
import { startApp } from "./support/app.ts";
import { ask, begin, callbacksOf, calledBack, contentRow, contentRows, tell } from "./support/river.ts";
import { watchContent, watchRiver } from "./support/river_watcher.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const river = app.emulator.modelriver;
const timeout = 60_000;
/** It is tried again after 1 s, then 2 s. */
const AGAIN_MS = 15_000;
/** How long the provider has to answer one. */
const PATIENCE_MS = 10_000;

/** A request of ada's whose callback goes so, its webhook delivered. */
async function delivered(callbackPlan?: CallbackPlan) {
  const started = await ask(ada);
  const channel = river.channels.get(started.channelId);
  assert.ok(channel);
  channel.callbackPlan = callbackPlan;
  const watcher = await watchRiver(app.base, started.live);
  const began = Date.now();
  const [attempt] = await river.deliver(channel.id);
  assert.equal(attempt?.status, 200);
  const answeredMs = Date.now() - began;
  await watcher.channel("completed");
  return { channelId: channel.id, watcher, answeredMs };
}

/** Whatever has become of its callback: the user has what was made, and nothing failed. */
async function isSaved(channelId: string, callback: string): Promise<void> {
  const { channel, content } = (await ada.call(`/channels/${channelId}`)).body;
  assert.deepEqual([channel.status, channel.error], ["completed", null]);
  assert.equal(content.callback, callback);
  const row = await contentRow(app, channelId);
  assert.deepEqual((await ada.call(`/content/${row.id}`)).body, { content });
  const listed = (await ada.call("/content?limit=100")).body.content.find(({ id }: any) => id === row.id);
  assert.deepEqual(listed, content);
}

describe("a callback", { timeout, concurrency: true }, () => {
  test("goes out once, and is seen on the row: pending, then delivered", async () => {
    const { channelId, watcher } = await delivered();
    await watcher.callback("delivered");
    await calledBack(app, channelId, "delivered");
    await watcher.settled();
    const shown = watcher.frames.map(({ channel, content }) => [channel.version, channel.status, content?.callback]);
    assert.deepEqual(shown, [
      [1, "pending", undefined],
      [2, "completed", "pending"],
      [3, "completed", "delivered"],
    ]);
    await isSaved(channelId, "delivered");
    assert.deepEqual(
      callbacksOf(app, channelId).map(({ status }) => status),
      [200],
    );
    watcher.terminate();
  });

  test("that nobody wants is not sent, and the row says so", async () => {
    const { id } = begin(app, "a film [no-callback]", { user_id: "ada" });
    const standard = begin(app, "a film [standard]", { user_id: "ada" });
    for (const one of [id, standard.id]) {
      await river.deliver(one);
      await isSaved(one, "none");
      assert.deepEqual(callbacksOf(app, one), []);
    }
  });

  const troubles: [name: string, plan: CallbackPlan, statuses: (number | null)[]][] = [
    ["that meets a 503 twice", { status: 503, times: 2 }, [503, 503, 200]],
    ["that meets a 500", { status: 500, times: 1 }, [500, 200]],
    ["that comes too soon after others", { status: 429, times: 1 }, [429, 200]],
    ["whose line is cut before it is taken", { cut: "before", times: 1 }, [null, 200]],
    ["whose line is cut after it was taken", { cut: "after", times: 1 }, [null, 200]],
  ];
  for (const [name, plan, statuses] of troubles) {
    test(`${name} goes out again, with the same words, until it is heard`, async () => {
      const { channelId, watcher } = await delivered(plan);
      await watcher.callback("delivered", AGAIN_MS);
      await calledBack(app, channelId, "delivered");
      const callbacks = callbacksOf(app, channelId);
      assert.deepEqual(
        callbacks.map(({ status }) => status),
        statuses,
      );
      for (const { body } of callbacks) assert.deepEqual(body, callbacks[0]?.body);
      assert.ok(callbacks.every(({ isRepeated }) => !isRepeated));
      await isSaved(channelId, "delivered");
      // Who watches has seen pending and delivered, and nothing for the tries between them.
      await watcher.settled();
      assert.equal(watcher.version, 3);
      watcher.terminate();
    });
  }

  test("that gets no answer in ten seconds goes out again, and nobody has waited for it", async () => {
    const { channelId, watcher, answeredMs } = await delivered({
      delayMs: PATIENCE_MS + 2000,
      cut: "before",
      times: 1,
    });
    assert.ok(answeredMs < PATIENCE_MS / 2, `${answeredMs} ms`);
    await isSaved(channelId, "pending");
    await watcher.callback("delivered", PATIENCE_MS + AGAIN_MS);
    const [first, second, ...more] = callbacksOf(app, channelId);
    assert.ok(first && second && second.at - first.at >= PATIENCE_MS - 100, `${first?.at} ${second?.at}`);
    assert.deepEqual([more, second.status], [[], 200]);
    watcher.terminate();
  });

  for (const status of [400, 401, 403, 404, 410, 422]) {
    test(`that is refused with ${status} has failed: it is not sent again, and the row is there`, async () => {
      const { channelId, watcher } = await delivered({ status });
      await watcher.callback("failed");
      const row = await calledBack(app, channelId, "failed");
      assert.match(row.callback_error, /refused/);
      await isSaved(channelId, "failed");
      assert.equal(callbacksOf(app, channelId).length, 1);
      watcher.terminate();
    });
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(`that is sent elsewhere by a ${status} does not go there, nor does the key`, async () => {
      const other = await startApp();
      try {
        const { channelId, watcher } = await delivered({ status, location: `${other.emulator.url}/v1/callback/x` });
        await calledBack(app, channelId, "failed");
        await isSaved(channelId, "failed");
        assert.equal(callbacksOf(app, channelId).length, 1);
        assert.deepEqual(other.emulator.requests, []);
        const here = await delivered({ status });
        await calledBack(app, here.channelId, "failed");
        assert.ok(app.emulator.requests.every(({ path }) => path !== "/v1/redirected"));
        for (const one of [watcher, here.watcher]) one.terminate();
      } finally {
        await other.close();
      }
    });
  }

  test("does not hold up the next one: each channel has its own", async () => {
    const slow = await delivered({ delayMs: 5000 });
    const quick = await delivered();
    await quick.watcher.callback("delivered", 3000);
    assert.equal((await contentRow(app, slow.channelId)).callback, "pending");
    await slow.watcher.callback("delivered", AGAIN_MS);
    for (const { watcher } of [slow, quick]) watcher.terminate();
  });

  test("is in no way of the feed, which has the row before it and once", async () => {
    const feed = await watchContent(ada);
    const { channelId, watcher } = await delivered({ status: 503, times: 1 });
    const { id } = await contentRow(app, channelId);
    await feed.row(id);
    await watcher.callback("delivered", AGAIN_MS);
    await calledBack(app, channelId, "delivered");
    await feed.settled();
    assert.equal(feed.ids.filter((one) => one === id).length, 1);
    for (const one of [feed, watcher]) one.terminate();
  });
});

describe("a callback of what could not be saved", { timeout }, () => {
  const ends: [name: string, change: (body: any) => void, message: string][] = [
    [
      "the error, as the provider put it",
      (body) => Object.assign(body, { status: "error", error: { message: "Every provider failed." } }),
      "Every provider failed.",
    ],
    ["an end without a result", (body) => void delete body.ai_response, "The provider finished without a result."],
  ];
  for (const [name, mutate, message] of ends) {
    test(`says that processing failed: ${name}`, async () => {
      const { channelId, live } = await ask(ada);
      const watcher = await watchRiver(app.base, live);
      const [attempt] = await river.deliver(channelId, { form: "event", outcome: "completed", mutate });
      assert.equal(attempt?.status, 200);
      assert.equal((await watcher.channel("failed")).channel.error.message, message);
      const callback = await app.emulator.until(() => callbacksOf(app, channelId).find(({ status }) => status === 200));
      assert.deepEqual(callback.body, { error: "processing_failed", message });
      assert.deepEqual(await contentRows(app, channelId), []);
      watcher.terminate();
    });
  }

  test("is not sent where nobody asked for one", async () => {
    const channel = begin(app, "a film [fail]", { user_id: "ada" });
    await tell(app.base, {
      type: "task.completed",
      status: "error",
      channel_id: channel.id,
      error: { message: "No." },
    });
    await river.deliver(channel.id);
    assert.deepEqual(callbacksOf(app, channel.id), []);
  });
});

describe("without MODELRIVER_API_KEY", { timeout }, () => {
  test("a webhook is a row all the same, and its callback waits for the key", async () => {
    const other = await startApp({ vars: { MODELRIVER_API_KEY: null } });
    try {
      const { id } = begin(other);
      const [attempt] = await other.emulator.modelriver.deliver(id);
      assert.equal(attempt?.status, 200);
      assert.equal((await contentRow(other, id)).callback, "pending");
      assert.deepEqual(callbacksOf(other, id), []);
    } finally {
      await other.close();
    }
  });
});
