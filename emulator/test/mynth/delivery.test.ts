import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { retryDelays } from "../../mynth/schedule.ts";
import { call, create, start, startReceiver } from "../receiver.ts";

const HOUR = 3_600_000;

test("a webhook is retried until it is taken, then never again", async (t) => {
  const receiver = await startReceiver(t);
  receiver.answers.push(500, 302, 429);
  const emulator = await start(t, { webhookUrl: receiver.url });
  await create(emulator, { prompt: "tea" });
  await emulator.until(() => emulator.deliveries.length === 4);
  assert.deepEqual(
    emulator.deliveries.map(({ attempt, status }) => [attempt, status]),
    [
      [1, 500],
      [2, 302],
      [3, 429],
      [4, 200],
    ],
  );
  // Had the fourth not ended it, the fifth would come within 0.001 x 44 s.
  await assert.rejects(emulator.until(() => emulator.deliveries.length > 4, 150));
});

test("each retry is signed afresh under the same id and body", async (t) => {
  const receiver = await startReceiver(t);
  receiver.answers.push(500);
  // 5 s scaled to at least a second, so that the two timestamps differ.
  const emulator = await start(t, { webhookUrl: receiver.url, retryScale: 0.23 });
  await create(emulator, { prompt: "tea" });
  await emulator.until(() => receiver.received.length === 2 && emulator.deliveries.length === 2);
  const [first, second] = receiver.received;
  assert.ok(first && second);
  assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
  assert.equal(first.headers["webhook-id"], JSON.parse(first.body).id);
  assert.equal(first.body, second.body);
  assert.ok(Number(second.headers["webhook-timestamp"]) > Number(first.headers["webhook-timestamp"]));
  const key = Buffer.from(emulator.options.webhookSecret.slice("whsec_".length), "base64");
  for (const { headers, body } of [first, second]) {
    const text = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    assert.equal(headers["webhook-signature"], `v1,${createHmac("sha256", key).update(text).digest("base64")}`);
  }
});

test("a receiver that is not there is an error, and is retried", async (t) => {
  const gone = await start(t);
  await gone.close();
  const emulator = await start(t, { webhookUrl: gone.url });
  await create(emulator, { prompt: "tea" });
  await emulator.until(() => emulator.deliveries.length >= 2);
  assert.equal(emulator.deliveries[0]?.status, null);
  assert.match(String(emulator.deliveries[0]?.error), /ECONNREFUSED/);
});

test("g4 retries from 5 s up to an hour within 72 hours, older generations within two and a half", () => {
  const current = retryDelays("g4");
  assert.deepEqual(current.slice(0, 3), [5000, 10_000, 20_000]);
  assert.equal(Math.max(...current), HOUR);
  const total = (delays: readonly number[]) => delays.reduce((sum, delay) => sum + delay, 0);
  assert.ok(total(current) <= 72 * HOUR && total(current) > 71 * HOUR);
  assert.ok(total(retryDelays("g2")) <= 2.5 * HOUR && total(retryDelays("g2")) > 2.4 * HOUR);
});

test("per-request webhooks get the same body and no signature", async (t) => {
  const [registered, custom] = [await startReceiver(t), await startReceiver(t)];
  const emulator = await start(t, { webhookUrl: registered.url });
  await create(emulator, { prompt: "tea", webhook: { custom: [{ url: `${custom.url}/token` }] } });
  await emulator.until(() => emulator.deliveries.length === 2);
  assert.equal(custom.received[0]?.body, registered.received[0]?.body);
  assert.ok(registered.received[0]?.headers["webhook-signature"]);
  const names = Object.keys(custom.received[0]?.headers ?? {}).filter((name) => /^(webhook-|x-mynth)/.test(name));
  assert.deepEqual(names, []);
});

test("with autoDeliver off a task waits for the test, which may send it wrong in any way", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { webhookUrl: receiver.url, autoDeliver: false });
  const id = await create(emulator, { prompt: "tea" });
  assert.equal(emulator.tasks.get(id)?.status, "pending");

  await emulator.deliver(id, { copies: 3 });
  assert.equal(receiver.received.length, 3);
  assert.equal(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size, 1);
  assert.equal(emulator.tasks.get(id)?.status, "completed");

  const [late] = await emulator.deliver(id, { event: "failed" });
  assert.equal(late?.event, "task.image.generate.failed");
  assert.equal(emulator.tasks.get(id)?.status, "completed");

  const [old] = await emulator.deliver(id, { generation: "g2", signedAt: 1000, secret: "other" });
  const expected = createHmac("sha256", "other").update(`1000.${old?.body}`).digest("hex");
  assert.equal(old?.headers["x-mynth-signature"], `t=1000,v1=${expected}`);

  const [changed] = await emulator.deliver(id, {
    mutate: (body) => ({ ...body, id: "evt_other", type: "task.unheard.of" }),
    tamper: (sealed) => {
      sealed.body += " ";
    },
  });
  assert.equal(changed?.event, "task.unheard.of");
  assert.equal(changed?.headers["webhook-id"], "evt_other");
  assert.ok(changed?.body.endsWith("} "));
});

test("a refused manual delivery is tried once unless retries are asked for", async (t) => {
  const receiver = await startReceiver(t);
  receiver.answers.push(500, 500);
  const emulator = await start(t, { webhookUrl: receiver.url, autoDeliver: false });
  const id = await create(emulator, { prompt: "tea" });
  await emulator.deliver(id);
  await assert.rejects(emulator.until(() => emulator.deliveries.length > 1, 50));
  await emulator.deliver(id, { retry: true });
  await emulator.until(() => emulator.deliveries.length === 3);
});

test("a webhook can be delivered before the create call is answered", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { webhookUrl: receiver.url, autoDeliver: false });
  let receivedBeforeReply = 0;
  emulator.options.onCreate = async (task) => {
    await emulator.deliver(task.id);
    receivedBeforeReply = receiver.received.length;
  };
  const id = await create(emulator, { prompt: "tea" });
  assert.equal(receivedBeforeReply, 1);
  assert.equal(JSON.parse(receiver.received[0]?.body ?? "{}").data.id, id);
});

test("a create hook that throws cuts the connection and leaves the task accepted", async (t) => {
  const emulator = await start(t, { autoDeliver: false });
  emulator.options.onCreate = () => {
    throw new Error("cut");
  };
  await assert.rejects(create(emulator, { prompt: "tea" }), /fetch failed/);
  assert.equal(emulator.tasks.size, 1);
  assert.equal(emulator.requests.at(-1)?.status, null);
});

test("finish settles a task in the provider's books and sends nothing", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { webhookUrl: receiver.url, autoDeliver: false });
  const id = await create(emulator, { prompt: "tea" });
  emulator.finish(id, "failed");
  assert.deepEqual((await call(emulator, `/tasks/${id}/status`)).body, { data: { status: "failed" } });
  assert.equal(emulator.deliveries.length, 0);
});

test("the create call can be made to fail in any way", async (t) => {
  const emulator = await start(t);
  emulator.options.refuseCreate = { status: 403, body: { error: { code: "forbidden", message: "no" } } };
  const refused = await call(emulator, "/image/generate", { prompt: "tea" });
  assert.deepEqual([refused.status, refused.body], [403, { error: { code: "forbidden", message: "no" } }]);
  emulator.options.refuseCreate = { status: 503, raw: "<h1>down</h1>", delayMs: 20 };
  const broken = await call(emulator, "/image/generate", { prompt: "tea" });
  assert.deepEqual([broken.status, broken.body], [503, "<h1>down</h1>"]);
  assert.equal(emulator.tasks.size, 0);
  assert.deepEqual(
    emulator.requests.map(({ method, path, status }) => `${method} ${path} ${status}`),
    ["POST /image/generate 403", "POST /image/generate 503"],
  );
  assert.deepEqual(emulator.requests[0]?.body, { prompt: "tea" });
});
