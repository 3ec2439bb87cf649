import assert from "node:assert/strict";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import type { CallbackPlan } from "../../modelriver/control.ts";
import { call, start, startReceiver } from "../receiver.ts";
import { begin, callBack, SAVED } from "./calls.ts";

/** An emulator and a channel of it whose webhook has been delivered. */
async function offered(t: TestContext, content = "tea", callbackPlan?: CallbackPlan) {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { autoDeliver: false, modelriver: { webhookUrl: receiver.url, callbackPlan } });
  const id = await begin(emulator, content);
  await emulator.modelriver.deliver(id);
  return {
    emulator,
    id,
    send: async (body?: unknown, key?: string) => (await callBack(emulator, id, body, key)).status,
  };
}

test("a callback is taken with the key, and kept with all that came", async (t) => {
  const { emulator, id } = await offered(t);
  const before = Date.now();
  const { status, body } = await callBack(emulator, id);
  assert.deepEqual([status, body], [200, { message: "success", channel_id: id }]);
  const [record] = emulator.modelriver.callbacks;
  assert.deepEqual(record?.body, SAVED);
  assert.equal(record?.headers.authorization, `Bearer ${emulator.options.modelriver.apiKey}`);
  assert.deepEqual([record?.channelId, record?.status, record?.isTaken, record?.isRepeated], [id, 200, true, false]);
  assert.ok(record && record.at >= before && record.at <= Date.now());
  assert.equal(emulator.requests.at(-1)?.path, new URL(emulator.modelriver.callbackUrl(id)).pathname);
});

test("a failure of the receiver's is a callback too, and anything else is not", async (t) => {
  const { send } = await offered(t);
  const { data } = SAVED;
  for (const wrong of [
    "not json",
    [],
    {},
    { data: [] },
    { data: { ...data, id: 1 } },
    { data: { id: "rec_1" } },
    { error: {} },
  ]) {
    assert.equal(await send(wrong), 400, JSON.stringify(wrong));
  }
  assert.equal(await send({ error: "processing_failed", message: "no" }), 200);
});

test("a wrong key is 401, an id that no webhook has named is 404", async (t) => {
  const { emulator, send } = await offered(t);
  assert.equal(await send(SAVED, "mr_live_wrong"), 401);
  assert.equal(await send(SAVED, emulator.options.apiKey), 401);
  const early = await begin(emulator, "milk");
  assert.equal((await callBack(emulator, early)).status, 404);
  const unknown = await call(
    emulator,
    "/v1/callback/00000000-0000-4000-8000-000000000000",
    SAVED,
    emulator.options.modelriver.apiKey,
  );
  assert.equal(unknown.status, 404);
  const standard = await begin(emulator, "tea [standard]");
  await emulator.modelriver.deliver(standard);
  assert.equal((await callBack(emulator, standard)).status, 404);
  assert.deepEqual(
    emulator.modelriver.callbacks.map(({ status, isTaken }) => [status, isTaken]),
    [
      [401, false],
      [401, false],
      [404, false],
      [404, false],
      [404, false],
    ],
  );
});

test("a callback is expired after its window, which the next try of the webhook opens anew", async (t) => {
  const { emulator, id } = await offered(t);
  const channel = emulator.modelriver.channels.get(id) ?? assert.fail();
  assert.equal(emulator.options.modelriver.callbackWindowMs, 300_000);
  channel.offeredAt = Date.now() - 300_001;
  const late = await callBack(emulator, id);
  assert.deepEqual([late.status, late.body], [410, { error: "expired" }]);
  channel.offeredAt = Date.now() - 290_000;
  assert.equal((await callBack(emulator, id)).status, 200);
  channel.offeredAt = Date.now() - 300_001;
  await emulator.modelriver.deliver(id);
  assert.equal((await callBack(emulator, id)).status, 200);
});

test("a callback after a 2xx of the same id is counted as repeated, and no other", async (t) => {
  const { emulator, send } = await offered(t, "tea [callback-fails-twice]");
  assert.deepEqual([await send(), await send(), await send()], [503, 503, 200]);
  assert.equal(emulator.modelriver.repeated, 0);
  assert.equal(await send(SAVED, "mr_live_wrong"), 401);
  assert.equal(emulator.modelriver.repeated, 0);
  assert.equal(await send(), 200);
  assert.equal(emulator.modelriver.repeated, 1);
  assert.deepEqual(
    emulator.modelriver.callbacks.map(({ isRepeated }) => isRepeated),
    [false, false, false, false, true],
  );
});

test("a plan fails callbacks for good, some times, or a share of them", async (t) => {
  const { emulator, id, send } = await offered(t, "tea", { status: 500, times: 1 });
  assert.deepEqual([await send(), await send()], [500, 200]);
  const channel = emulator.modelriver.channels.get(id) ?? assert.fail();
  channel.callbackPlan = { status: 502 };
  assert.deepEqual([await send(), await send(), await send()], [502, 502, 502]);
  channel.callbackPlan = { status: 502, rate: 0.5 };
  const answers = [];
  for (let count = 0; count < 64; count += 1) answers.push(await send());
  // Fewer than 8 or more than 56 of 64 happens once in 10^10 runs.
  const failures = answers.filter((status) => status === 502).length;
  assert.ok(failures >= 8 && failures <= 56, `${failures}`);
  channel.callbackPlan = { status: 502, rate: 0 };
  assert.equal(await send(), 200);
});

test("a redirect leads to a path that would show who followed it", async (t) => {
  const { emulator, id } = await offered(t, "tea [callback-redirects]");
  const url = emulator.modelriver.callbackUrl(id);
  const headers = { authorization: `Bearer ${emulator.options.modelriver.apiKey}` };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(SAVED), redirect: "manual" });
  assert.deepEqual([response.status, response.headers.get("location")], [307, `${emulator.url}/v1/redirected`]);
  await callBack(emulator, id);
  assert.deepEqual(emulator.requests.at(-1)?.path, "/v1/redirected");
  const channel = emulator.modelriver.channels.get(id) ?? assert.fail();
  channel.callbackPlan = { status: 302, location: "https://elsewhere.example/" };
  const other = await fetch(url, { method: "POST", headers, redirect: "manual" });
  assert.deepEqual([other.status, other.headers.get("location")], [302, "https://elsewhere.example/"]);
});

test("a connection can be cut before or after the callback is taken, and neither is an answer", async (t) => {
  const cut = await offered(t, "tea [callback-cut]");
  const lost = await offered(t, "tea [callback-lost]");
  for (const { emulator, send } of [cut, lost]) {
    await assert.rejects(send(), /fetch failed/);
    assert.equal(await send(), 200);
    assert.equal(emulator.modelriver.repeated, 0);
    assert.deepEqual(
      emulator.modelriver.callbacks.map(({ status }) => status),
      [null, 200],
    );
  }
  assert.deepEqual(
    cut.emulator.modelriver.callbacks.map(({ isTaken }) => isTaken),
    [false, true],
  );
  assert.deepEqual(
    lost.emulator.modelriver.callbacks.map(({ isTaken }) => isTaken),
    [true, true],
  );
});

test("[callback-expired] and [callback-fails] are for good", async (t) => {
  const [expired, failing] = [await offered(t, "tea [callback-expired]"), await offered(t, "tea [callback-fails]")];
  assert.deepEqual([await expired.send(), await expired.send()], [410, 410]);
  assert.deepEqual([await failing.send(), await failing.send()], [503, 503]);
});

test("a slow callback is seen when it comes, and is no answer to a caller who has left", async (t) => {
  const { emulator, id, send } = await offered(t, "tea", { delayMs: 150, times: 2 });
  const { callbacks } = emulator.modelriver;
  const headers = { authorization: `Bearer ${emulator.options.modelriver.apiKey}`, "content-type": "application/json" };
  const call = request(emulator.modelriver.callbackUrl(id), { method: "POST", headers });
  call.on("error", () => {});
  call.end(JSON.stringify(SAVED));
  await emulator.until(() => callbacks.length === 1);
  call.destroy();
  await emulator.until(() => callbacks[0]?.isTaken && emulator.requests.at(-1)?.status === null);
  assert.equal(callbacks[0]?.status, null);
  const began = Date.now();
  assert.equal(await send(), 200);
  assert.ok(Date.now() - began >= 145);
  assert.equal(emulator.modelriver.repeated, 0);
});
