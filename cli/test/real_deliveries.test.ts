/** The program against the log of deliveries of the built Worker. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { startApp } from "../../tests/worker/support/app.ts";
import { completedBody, hexHeaders, sendWebhook } from "../../tests/worker/support/signatures.ts";
import type { Running } from "./support/cli.ts";
import { Operator, READER } from "./support/operator.ts";

const operator = Operator.forTests();
const tasksOf = (running: Running) => running.lines.map(({ delivery }) => delivery.taskId);

test("listen misses nothing while it is not running, and tells each once and in order", async () => {
  const receiver = await operator.receiver();
  const to = ["--forward-to", `${receiver.url}/hook`];
  const first = await operator.listen(...to);
  const one = await operator.ended(1);
  await first.until(() => first.lines.length === 1);
  assert.equal((await first.stop()).code, 0);
  const ten = await operator.ended(10);
  const second = await operator.listen(...to);
  await second.until(() => second.lines.length === 10);
  const last = await operator.ended(1);
  await second.until(() => second.lines.length === 11);
  await second.stop();
  assert.deepEqual([...tasksOf(first), ...tasksOf(second)], [...one, ...ten, ...last]);
  const bodies = receiver.received.map(({ body }) => JSON.parse(body).data.id);
  assert.deepEqual(bodies, [...one, ...ten, ...last], "the bodies are those that came");
});

test("what is forwarded to another Worker with the local secret is accepted there", async () => {
  const secret = await operator.localSecret();
  const other = await startApp({ vars: { MYNTH_WEBHOOK_SECRET: secret } });
  try {
    const target = ["--forward-to", `${other.base}/webhooks/{provider}`];
    const running = await operator.listen(...target);
    await operator.ended(1);
    await running.until(() => running.lines.length === 1);
    await running.stop();
    assert.equal(running.lines[0]?.forward.status, 200);
  } finally {
    await other.close();
  }
});

test("a webhook that nobody has signed is shown, and not sent on", async () => {
  const receiver = await operator.receiver();
  const running = await operator.listen("--forward-to", receiver.url);
  const body = completedBody("tsk_forged");
  assert.equal(
    (await sendWebhook(operator.app.base, body, hexHeaders(body, { secret: "whsec_d3Jvbmc=" }))).status,
    401,
  );
  await running.until(() => running.lines.length === 1);
  await running.stop();
  assert.equal(running.lines[0]?.delivery.verdict, "bad_signature");
  assert.match(running.lines[0]?.forward.notSent, /not verified/);
  assert.equal(receiver.received.length, 0);
});

test("deliveries are found by task and by verdict, and one is shown as it came", async () => {
  const [task = ""] = await operator.ended(1);
  const { deliveries } = await operator.json("deliveries", "--task", task);
  assert.deepEqual(
    deliveries.map(({ verdict }: any) => verdict),
    ["applied"],
  );
  const { delivery } = await operator.json("deliveries", "get", deliveries[0].id);
  assert.equal(JSON.parse(delivery.body).data.id, task);
  assert.equal(delivery.isComplete, true);
  const wrong = await operator.machine.run(["deliveries", "--verdict", "nonsense"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /verdict/);
});

test("a replay of what was applied is a duplicate, of one and of all in a time", async () => {
  const since = new Date().toISOString();
  const [task = ""] = await operator.ended(2);
  const { deliveries } = await operator.json("deliveries", "--task", task);
  assert.deepEqual(await operator.json("replay", deliveries[0].id), { verdict: "duplicate" });
  const all = await operator.json("replay", "--since", since, "--verdict", "applied");
  assert.deepEqual(all, { replayed: 2, skipped: 0, verdicts: { duplicate: 2 } });
  const forged = await operator.json("deliveries", "--verdict", "bad_signature");
  const refused = await operator.machine.run(["replay", forged.deliveries[0].id]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /^[^\n]+\.\n$/);
});

test("a triggered event is followed to its verdict", async () => {
  const { taskId } = await operator.ada.start();
  const args = ["trigger", "task.image.generate.completed", "--task", taskId, "--json"];
  const { out, err } = await operator.machine.run(args, {
    MYNTH_WEBHOOK_SECRET: operator.app.emulator.options.webhookSecret,
  });
  assert.equal(JSON.parse(out || "{}").verdict, "applied", err);
});

test("figures count what came", async () => {
  const { verdicts, providers } = await operator.json("stats", "--since", "1h");
  assert.ok(verdicts.applied >= 10);
  assert.ok(verdicts.bad_signature >= 1);
  assert.ok(providers.mynth >= 10);
  assert.match((await operator.machine.run(["stats"])).out, /^deliveries {2}applied \d+/m);
});

test("a key without the scope, and one that is not known, end with 3, and doctor says why", async () => {
  for (const key of [READER, "twk_00000000000000000000000000000000"]) {
    const { code } = await operator.machine.run(["deliveries"], { TASKWIRE_KEY: key });
    assert.equal(code, 3);
    const { out } = await operator.machine.run(["doctor", "--json"], { TASKWIRE_KEY: key });
    const check = JSON.parse(out).checks.find(({ name }: any) => name === "key");
    assert.equal(check.state, "fail");
  }
  const { out } = await operator.machine.run(["doctor", "--json"]);
  assert.equal(JSON.parse(out).checks.find(({ name }: any) => name === "key").state, "ok");
});
