/** The program against the admin API of the built Worker: what it lists, follows, replays and shows is what happened. */

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { verifyEvent } from "../../server/src/verify_event.ts";
import type { Api } from "../../tests/worker/support/api.ts";
import { type App, startApp } from "../../tests/worker/support/app.ts";
import { completedBody, hexHeaders, sendWebhook } from "../../tests/worker/support/signatures.ts";
import { Machine, type Running } from "./support/cli.ts";
import { KEY } from "./support/fake.ts";
import { Receiver } from "./support/receiver.ts";

const KEYS = JSON.stringify([
  { name: "cli", key: KEY, scopes: ["admin"] },
  { name: "backend", key: KEY.replace("twk_", "twk_other"), scopes: ["read"] },
]);

let app: App;
let machine: Machine;
let ada: Api;
let receiver: Receiver | undefined;

before(async () => {
  app = await startApp({
    vars: ({ url, options }) => ({
      TASKWIRE_SERVER_KEYS: KEYS,
      EVENTS_URL: `${url}/receiver/own`,
      EVENTS_SECRET: options.receiverSecret,
    }),
  });
  machine = new Machine({ TASKWIRE_URL: app.base });
  ada = await app.as("ada");
});
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});
after(async () => {
  await machine?.close();
  await app?.close();
});

async function json(...args: string[]): Promise<any> {
  const { code, out, err } = await machine.run([...args, "--json"]);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

/** Starts tasks and delivers their webhooks, one after the other: their ids. */
async function ended(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { taskId } = await ada.start();
    await app.emulator.deliver(taskId);
    ids.push(taskId);
  }
  return ids;
}

const tasksOf = (running: Running) => running.lines.map(({ delivery }) => delivery.taskId);
const listen = (...args: string[]) => machine.start(["listen", "--json", "--interval", "0.1", ...args]);

test("listen misses nothing while it is not running, and tells each once and in order", async () => {
  receiver = await Receiver.start();
  const to = ["--forward-to", `${receiver.url}/hook`];
  const first = listen(...to);
  await first.until(() => first.err.includes("Listening to"));
  const one = await ended(1);
  await first.until(() => first.lines.length === 1);
  assert.equal((await first.stop()).code, 0);
  const ten = await ended(10);
  const second = listen(...to);
  await second.until(() => second.lines.length === 10);
  const last = await ended(1);
  await second.until(() => second.lines.length === 11);
  await second.stop();
  assert.deepEqual([...tasksOf(first), ...tasksOf(second)], [...one, ...ten, ...last]);
  const bodies = receiver.received.map(({ body }) => JSON.parse(body).data.id);
  assert.deepEqual(bodies, [...one, ...ten, ...last], "the bodies are those that came");
});

test("what is forwarded to another Worker with the local secret is accepted there", async () => {
  const secret = (await machine.run(["listen", "--print-secret"])).out.trim();
  const other = await startApp({ vars: { MYNTH_WEBHOOK_SECRET: secret } });
  try {
    const target = ["--forward-to", `${other.base}/webhooks/{provider}`];
    const running = listen(...target);
    await running.until(() => running.err.includes("Listening to"));
    await ended(1);
    await running.until(() => running.lines.length === 1);
    await running.stop();
    assert.equal(running.lines[0]?.forward.status, 200);
  } finally {
    await other.close();
  }
});

test("a webhook that nobody has signed is shown, and not sent on", async () => {
  receiver = await Receiver.start();
  const running = listen("--forward-to", receiver.url);
  await running.until(() => running.err.includes("Listening to"));
  const body = completedBody("tsk_forged");
  assert.equal((await sendWebhook(app.base, body, hexHeaders(body, { secret: "whsec_d3Jvbmc=" }))).status, 401);
  await running.until(() => running.lines.length === 1);
  await running.stop();
  assert.equal(running.lines[0]?.delivery.verdict, "bad_signature");
  assert.match(running.lines[0]?.forward.notSent, /not verified/);
  assert.equal(receiver.received.length, 0);
});

test("deliveries are found by task and by verdict, and one is shown as it came", async () => {
  const [task = ""] = await ended(1);
  const { deliveries } = await json("deliveries", "--task", task);
  assert.deepEqual(
    deliveries.map(({ verdict }: any) => verdict),
    ["applied"],
  );
  const { delivery } = await json("deliveries", "get", deliveries[0].id);
  assert.equal(JSON.parse(delivery.body).data.id, task);
  assert.equal(delivery.isComplete, true);
  const wrong = await machine.run(["deliveries", "--verdict", "nonsense"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /verdict/);
});

test("a replay of what was applied is a duplicate, of one and of all in a time", async () => {
  const since = new Date().toISOString();
  const [task = ""] = await ended(2);
  const { deliveries } = await json("deliveries", "--task", task);
  assert.deepEqual(await json("replay", deliveries[0].id), { verdict: "duplicate" });
  const all = await json("replay", "--since", since, "--verdict", "applied");
  assert.deepEqual(all, { replayed: 2, skipped: 0, verdicts: { duplicate: 2 } });
  const forged = await json("deliveries", "--verdict", "bad_signature");
  const refused = await machine.run(["replay", forged.deliveries[0].id]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /^[^\n]+\.\n$/);
});

test("a triggered event is followed to its verdict", async () => {
  const { taskId } = await ada.start();
  const args = ["trigger", "task.image.generate.completed", "--task", taskId, "--json"];
  const { out, err } = await machine.run(args, { MYNTH_WEBHOOK_SECRET: app.emulator.options.webhookSecret });
  assert.equal(JSON.parse(out || "{}").verdict, "applied", err);
});

test("anybody's task is shown with its timeline, watched to its end, and asked after", async () => {
  const { taskId } = await ada.start();
  const watching = machine.start(["tasks", "watch", taskId, "--interval", "0.1", "--json"]);
  await watching.until(() => watching.lines.some(({ task }) => task?.status === "pending"));
  await app.emulator.deliver(taskId);
  assert.equal((await watching.ended).code, 0);
  const entries = watching.lines.filter(({ entry }) => entry).map(({ entry }) => entry.what);
  assert.ok(entries.includes("created") && entries.includes("delivery"), `${entries}`);
  const { task, timeline } = await json("tasks", "get", taskId);
  assert.equal(task.userId, "ada");
  assert.ok(timeline.some(({ what, verdict }: any) => what === "delivery" && verdict === "applied"));
  assert.equal((await json("tasks", "reconcile", taskId)).task.status, "completed");
  const none = await machine.run(["tasks", "get", "tsk_none"]);
  assert.equal(none.code, 1);
});

test("events are listed, shown as they were sent, sent again, and followed", async () => {
  receiver = await Receiver.start();
  const running = listen("--events", "--forward-to", receiver.url);
  await running.until(() => running.err.includes("Listening to"));
  const [task = ""] = await ended(1);
  await running.until(() => running.lines.length === 1);
  await running.stop();
  const secret = (await machine.run(["listen", "--print-secret"])).out.trim();
  const [got] = receiver.received;
  const event = await verifyEvent(got?.body ?? "", (got?.headers ?? {}) as Record<string, string>, { secret });
  assert.equal(event.type, "task.completed");
  const { events } = await json("events", "--task", task);
  assert.deepEqual(
    events.map(({ id }: any) => id),
    [event.id],
  );
  assert.equal((await json("events", "get", event.id)).event.body, got?.body);
  assert.equal((await json("events", "resend", event.id)).event.id, event.id);
});

test("figures count what came", async () => {
  const { verdicts, providers } = await json("stats", "--since", "1h");
  assert.ok(verdicts.applied >= 10);
  assert.ok(verdicts.bad_signature >= 1);
  assert.ok(providers.mynth >= 10);
  assert.match((await machine.run(["stats"])).out, /^deliveries {2}applied \d+/m);
});

test("a key without the scope, and one that is not known, end with 3, and doctor says why", async () => {
  for (const key of [KEY.replace("twk_", "twk_other"), "twk_00000000000000000000000000000000"]) {
    const { code } = await machine.run(["deliveries"], { TASKWIRE_KEY: key });
    assert.equal(code, 3);
    const { out } = await machine.run(["doctor", "--json"], { TASKWIRE_KEY: key });
    const check = JSON.parse(out).checks.find(({ name }: any) => name === "key");
    assert.equal(check.state, "fail");
  }
  const { out } = await machine.run(["doctor", "--json"]);
  assert.equal(JSON.parse(out).checks.find(({ name }: any) => name === "key").state, "ok");
});
