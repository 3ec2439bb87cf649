import assert from "node:assert/strict";
import { test } from "node:test";
import { KEYWORDS } from "../../modelriver/keywords.ts";
import { RETRY_DELAYS_MS } from "../../modelriver/schedule.ts";
import { start, startReceiver } from "../receiver.ts";
import { ask, begin } from "./calls.ts";

test("the schedule is 5 s, 30 s, 2, 10 and 30 minutes, 1 and 2 hours", () => {
  assert.deepEqual(
    RETRY_DELAYS_MS.map((delay) => delay / 1000),
    [5, 30, 120, 600, 1800, 3600, 7200],
  );
});

test("a webhook is retried until it is taken, the same body each time, and then never again", async (t) => {
  const receiver = await startReceiver(t);
  receiver.answers.push(500, 307);
  const emulator = await start(t, { modelriver: { webhookUrl: receiver.url } });
  await begin(emulator, "tea");
  const { deliveries, deadLetters } = emulator.modelriver;
  await emulator.until(() => deliveries.length === 3);
  assert.deepEqual(
    deliveries.map(({ attempt, status, type }) => [attempt, status, type]),
    [
      [1, 500, "task.ai_generated"],
      [2, 307, "task.ai_generated"],
      [3, 200, "task.ai_generated"],
    ],
  );
  assert.equal(new Set(receiver.received.map(({ body }) => body)).size, 1);
  // Had the third not ended it, the fourth would come after 0.001 x 120 s.
  await assert.rejects(emulator.until(() => deliveries.length > 3, 200));
  assert.equal(deadLetters.length, 0);
});

test("a webhook that is never taken is a dead letter after its last try", async (t) => {
  const receiver = await startReceiver(t);
  receiver.answers.push(...Array(4).fill(500));
  const retryDelaysMs = [1000, 2000, 3000];
  const emulator = await start(t, { modelriver: { webhookUrl: receiver.url, retryDelaysMs } });
  const id = await begin(emulator, "tea");
  const { deliveries, deadLetters } = emulator.modelriver;
  const dead = await emulator.until(() => deadLetters[0]);
  assert.deepEqual([dead.channelId, dead.attempt, dead.status], [id, 4, 500]);
  assert.equal(deliveries.length, 4);
});

test("each try is signed with its own time under scheme b", async (t) => {
  const receiver = await startReceiver(t);
  receiver.answers.push(500);
  const modelriver = { webhookUrl: receiver.url, scheme: "b", retryDelaysMs: [1_100_000] } as const;
  const emulator = await start(t, { modelriver });
  await begin(emulator, "tea");
  await emulator.until(() => emulator.modelriver.deliveries.length === 2);
  const [first, second] = receiver.received.map(({ headers }) => Number(headers["x-modelriver-timestamp"]));
  assert.ok(first && second && second > first);
});

test("with autoDeliver off a channel waits for the test, which may send it wrong in any way", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { autoDeliver: false, modelriver: { webhookUrl: receiver.url } });
  const { modelriver } = emulator;
  const id = await begin(emulator, "tea");
  assert.equal(modelriver.channels.get(id)?.status, "pending");

  await modelriver.deliver(id, { copies: 3 });
  assert.equal(new Set(receiver.received.map(({ body }) => body)).size, 1);
  assert.deepEqual([receiver.received.length, modelriver.channels.get(id)?.status], [3, "completed"]);

  const [late] = await modelriver.deliver(id, { outcome: "failed" });
  assert.equal(JSON.parse(late?.body ?? "").status, "error");
  assert.equal(modelriver.channels.get(id)?.status, "completed");

  const [standard] = await modelriver.deliver(id, { form: "standard", indent: 2 });
  assert.equal(standard?.type, "task.completed");
  assert.ok(standard?.body.startsWith('{\n  "type"'));

  const [old] = await modelriver.deliver(id, { scheme: "b", signedAt: 1000 });
  assert.equal(old?.headers["x-modelriver-timestamp"], "1000");

  const how = { mutate: (body: Record<string, unknown>) => ({ ...body, type: "task.unheard_of" }) };
  const [unknown] = await modelriver.deliver(id, how);
  const [foreign] = await modelriver.deliver(id, { ...how, secret: "other" });
  assert.deepEqual([unknown?.type, unknown?.body], ["task.unheard_of", foreign?.body]);
  assert.notEqual(unknown?.headers["mr-signature"], foreign?.headers["mr-signature"]);

  const [changed] = await modelriver.deliver(id, {
    tamper: (sealed) => {
      sealed.body += " ";
    },
  });
  assert.ok(receiver.received.at(-1)?.body.endsWith("} "));
  assert.equal(changed?.body, receiver.received.at(-1)?.body);
});

test("an attempt can be replayed to the byte, several times at once", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { autoDeliver: false, modelriver: { webhookUrl: receiver.url } });
  const [sent] = await emulator.modelriver.deliver(await begin(emulator, "tea"), { signedAt: 1000 });
  await emulator.modelriver.replay(sent ?? assert.fail(), { copies: 2 });
  const [first, ...others] = receiver.received;
  assert.equal(others.length, 2);
  for (const { headers, body } of others) {
    assert.equal(body, first?.body);
    assert.equal(headers["mr-signature"], first?.headers["mr-signature"]);
    assert.equal(headers["mr-timestamp"], "1000");
  }
});

test("a channel can be started without a call", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { modelriver: { webhookUrl: receiver.url } });
  const channel = emulator.modelriver.start({ workflow: "w", messages: [{ role: "user", content: "tea" }] });
  await emulator.until(() => emulator.modelriver.deliveries.length > 0);
  assert.equal(JSON.parse(receiver.received[0]?.body ?? "").channel_id, channel.id);
});

test("[twice] sends one event two times, [lost] sends none, and [late] takes ten times as long", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { modelriver: { webhookUrl: receiver.url, latencyMs: 10 } });
  const [lost, twice] = [await begin(emulator, "tea [lost]"), await begin(emulator, "tea [twice]")];
  const { channels, deliveries } = emulator.modelriver;
  await emulator.until(() => channels.get(lost)?.status === "completed" && deliveries.length === 2);
  assert.deepEqual(
    deliveries.map(({ channelId }) => channelId),
    [twice, twice],
  );
  assert.equal(receiver.received[0]?.body, receiver.received[1]?.body);
  const duration = channels.get(await begin(emulator, "tea [late]"))?.durationMs ?? 0;
  assert.ok(duration >= 90 && duration <= 110, `${duration}`);
});

test("a webhook can be delivered before the start call is answered, or the answer be lost", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { autoDeliver: false, modelriver: { webhookUrl: receiver.url } });
  let receivedBeforeReply = 0;
  emulator.options.modelriver.onStart = async (channel) => {
    await emulator.modelriver.deliver(channel.id);
    receivedBeforeReply = receiver.received.length;
  };
  await begin(emulator, "tea");
  assert.equal(receivedBeforeReply, 1);
  emulator.options.modelriver.onStart = () => {
    throw new Error("cut");
  };
  await assert.rejects(ask(emulator, "tea"), /fetch failed/);
  assert.equal(emulator.modelriver.channels.size, 2);
  assert.deepEqual(
    emulator.requests.map(({ path, status }) => `${path} ${status}`),
    ["/v1/ai/async 200", "/v1/ai/async null"],
  );
});

test("the index page lists every keyword and the last channels, escaped", async (t) => {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { modelriver: { webhookUrl: receiver.url } });
  const id = await begin(emulator, "<script>alert(2)</script>");
  await emulator.until(() => emulator.modelriver.deliveries.length > 0);
  const text = await (await fetch(emulator.url)).text();
  for (const word of Object.keys(KEYWORDS)) assert.ok(text.includes(`[${word}]`), word);
  assert.ok(text.includes(id) && text.includes("&lt;script&gt;alert(2)") && text.includes("task.ai_generated"));
  assert.equal(text.includes("<script>"), false);
});
