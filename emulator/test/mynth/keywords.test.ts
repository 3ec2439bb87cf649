import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { KEYWORDS } from "../../mynth/keywords.ts";
import { call, create, start, startReceiver } from "../receiver.ts";

/** The task as its webhook tells it. */
async function told(t: TestContext, prompt: string, count = 4) {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { webhookUrl: receiver.url });
  await create(emulator, { prompt, count });
  await emulator.until(() => emulator.deliveries.length > 0);
  return JSON.parse(receiver.received[0]?.body ?? "{}").data;
}

test("[partial] fails every second image", async (t) => {
  const task = await told(t, "tea [partial]");
  assert.equal(task.status, "completed");
  assert.deepEqual(
    task.result.images.map((image: { status: string }) => image.status),
    ["success", "failed", "success", "failed"],
  );
});

test("[missing] and [extra] return one image fewer and one more", async (t) => {
  const [fewer, more, plain] = await Promise.all([
    told(t, "tea [missing]"),
    told(t, "tea [Extra]"),
    told(t, "tea (extra)"),
  ]);
  assert.deepEqual(
    [fewer, more, plain].map((task) => task.result.images.length),
    [3, 5, 4],
  );
});

test("[nourl] leaves the first image to mynth_url", async (t) => {
  const [first, second] = (await told(t, "tea [nourl]")).result.images;
  assert.equal(first.url, null);
  assert.match(first.mynth_url, /^http:.*\.png$/);
  assert.match(second.url, /^http:.*\.png$/);
  assert.equal("mynth_url" in second, false);
});

test("[twice] sends one event two times", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { webhookUrl: receiver.url });
  await create(emulator, { prompt: "tea [twice]" });
  await emulator.until(() => emulator.deliveries.length === 2);
  assert.equal(receiver.received[0]?.body, receiver.received[1]?.body);
});

test("[lost] is found by a poll only", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { webhookUrl: receiver.url });
  const [id, other] = [await create(emulator, { prompt: "tea [lost]" }), await create(emulator, { prompt: "tea" })];
  await emulator.until(() => emulator.tasks.get(id)?.status === "completed" && emulator.deliveries.length > 0);
  assert.equal((await call(emulator, `/tasks/${id}`)).body.data.status, "completed");
  assert.deepEqual(
    emulator.deliveries.map(({ taskId }) => taskId),
    [other],
  );
});

test("[slow] takes five times as long", async (t) => {
  const emulator = await start(t, { latencyMs: 1000, autoDeliver: false });
  const durations = [];
  for (const prompt of ["tea", "tea [slow]"]) {
    durations.push(emulator.tasks.get(await create(emulator, { prompt }))?.durationMs ?? 0);
  }
  const [usual = 0, slow = 0] = durations;
  assert.ok(usual >= 900 && usual <= 1100, `${usual}`);
  assert.ok(slow >= 4500 && slow <= 5500, `${slow}`);
});

test("[refuse-*] refuses the create call and starts nothing", async (t) => {
  const emulator = await start(t);
  const refused = async (prompt: string) => call(emulator, "/image/generate", { prompt });
  const [poor, fast, broken, page] = [
    await refused("[refuse-402]"),
    await refused("[refuse-429]"),
    await refused("[refuse-500]"),
    await refused("[refuse-html]"),
  ];
  assert.deepEqual([poor.status, poor.body.error.code], [402, "insufficient_balance"]);
  assert.deepEqual([fast.status, fast.body.error.code, fast.headers.get("retry-after")], [429, "rate_limited", "1"]);
  assert.deepEqual([broken.status, broken.body.error.code], [500, "internal_error"]);
  assert.equal(page.status, 502);
  assert.match(String(page.headers.get("content-type")), /text\/html/);
  assert.equal(emulator.tasks.size, 0);
});

test("the index page lists every keyword and escapes prompts", async (t) => {
  const emulator = await start(t, { autoDeliver: false });
  await create(emulator, { prompt: "<script>alert(1)</script>" });
  const text = await (await fetch(emulator.url)).text();
  for (const word of Object.keys(KEYWORDS)) assert.ok(text.includes(`[${word}]`), word);
  assert.ok(text.includes("&lt;script&gt;alert(1)"));
  assert.equal(text.includes("<script>"), false);
});
