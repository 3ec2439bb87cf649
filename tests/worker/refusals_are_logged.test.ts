/** Deliveries that are not taken and tasks that end in silence left no line in the log: operators saw nothing of it. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { call } from "./support/api.ts";
import { type App, type Row, startApp } from "./support/app.ts";
import { variables } from "./support/deployment.ts";
import { eventually } from "./support/eventually.ts";
import { ask, bodyHeaders, eventOf, inventedChannelId, sendRiver } from "./support/river.ts";
import { completedBody, hexHeaders, inventedTaskId, sendWebhook, standardHeaders } from "./support/signatures.ts";
import { refusal, startOwn } from "./support/troubles.ts";

const timeout = 60_000;
const LIMIT = 512 * 1024;
/** What must be in no line: it is in every body here. */
const BODY = "this-is-of-the-body";
const HOUR_MS = 3_600_000;
/** A room whose rows D1 has refused has its first alarm after 2 s. */
const ALARM_MS = 20_000;

const app = await startApp();
const byRequest = await startApp({
  vars: { MYNTH_WEBHOOK_MODE: "request", PUBLIC_URL: "https://public.example", MYNTH_WEBHOOK_SECRET: null },
});
after(() => Promise.all([app.close(), byRequest.close()]));

/** The lines about an event, once there is one, which has all fields and no secret. */
async function lines(of: App, event: string): Promise<Row[]> {
  await eventually(() => of.lines(event).length > 0, ALARM_MS, `a line about ${event}`);
  const found = of.lines(event);
  for (const line of found) {
    assert.deepEqual(Object.keys(line), ["event", "provider", "id", "code", "reason"]);
    assert.notEqual(line.code, "");
    assert.match(line.reason, /^[A-Z\w].*$/s, JSON.stringify(line));
  }
  assertDiscreet(of);
  return found;
}

/** No line of the log has a body in it, or a secret, or the token of a path. */
function assertDiscreet(of: App): void {
  const log = of.logs.join("\n");
  assert.ok(!log.includes(BODY));
  for (const [name, value] of Object.entries(variables(""))) {
    if (/SECRET|KEY/.test(name)) assert.ok(!log.includes(value), name);
  }
  assert.doesNotMatch(log, /v1\.[\w-]{20}/);
}

/** What one refusal adds to the log. */
async function refused(of: App, status: number, send: () => Promise<{ status: number; text: string }>): Promise<Row> {
  const before = of.lines("webhook_refused").length;
  const answer = await send();
  assert.equal(answer.status, status, answer.text);
  await eventually(() => of.lines("webhook_refused").length > before, 5000, `a line about a ${status}`);
  const all = await lines(of, "webhook_refused");
  assert.equal(all.length, before + 1, "one line");
  return all.at(-1) as Row;
}

describe("a delivery that is not taken left no line", { timeout }, () => {
  const signed = (body: string) => () => sendWebhook(app.base, body, hexHeaders(body));
  const river = (body: string) => () => sendRiver(app.base, body, bodyHeaders(body));
  const good = completedBody(inventedTaskId(), [{ status: "succeeded", id: BODY, url: "https://x.example/1.png" }]);
  const event = JSON.stringify(eventOf(inventedChannelId(), { title: BODY }));

  const refusals: [what: string, provider: string, status: number, code: string, () => Promise<any>][] = [
    [
      "without a good signature",
      "mynth",
      401,
      "invalid_signature",
      () => sendWebhook(app.base, good, hexHeaders(event)),
    ],
    ["without a signature", "mynth", 401, "invalid_signature", () => sendWebhook(app.base, good, {})],
    [
      "signed and malformed",
      "mynth",
      400,
      "malformed_event",
      signed(`{"event": "task.image.generate.completed", "note": "${BODY}"}`),
    ],
    [
      "signed, of another delivery",
      "mynth",
      400,
      "malformed_event",
      () => sendWebhook(app.base, `{"id": "${BODY}"}`, standardHeaders(`{"id": "${BODY}"}`, { id: "evt_1" })),
    ],
    ["signed and no JSON", "mynth", 400, "malformed_event", signed(BODY)],
    ["too large", "mynth", 413, "payload_too_large", signed(BODY.repeat(LIMIT / BODY.length + 1))],
    [
      "of ModelRiver without a good signature",
      "modelriver",
      401,
      "invalid_signature",
      () => sendRiver(app.base, event, bodyHeaders(good)),
    ],
    ["of ModelRiver, signed and malformed", "modelriver", 400, "malformed_event", river(`{"note": "${BODY}"}`)],
    [
      "of ModelRiver, too large",
      "modelriver",
      413,
      "payload_too_large",
      river(JSON.stringify(eventOf(inventedChannelId(), { body: BODY.repeat(LIMIT / BODY.length) }))),
    ],
    [
      "of ModelRiver, of more values than are read",
      "modelriver",
      400,
      "malformed_event",
      river(JSON.stringify(eventOf(inventedChannelId(), { title: BODY, all: Array(80_001).fill(1) }))),
    ],
  ];
  for (const [what, provider, status, code, send] of refusals) {
    test(what, async () => {
      const line = await refused(app, status, send);
      assert.deepEqual([line.provider, line.id, line.code], [provider, null, code]);
    });
  }

  test("with a bad token in its path", async () => {
    const token = `v1.${"a".repeat(60)}.${"b".repeat(43)}`;
    const url = `${byRequest.base}/webhooks/mynth/${token}`;
    const line = await refused(byRequest, 401, () => call(url, { method: "POST", body: good }));
    assert.deepEqual([line.provider, line.code], ["mynth", "invalid_signature"]);
  });
});

describe("a flood of refusals", { timeout }, () => {
  test("is twenty lines and a count, and hides no other refusal", async (t) => {
    const own = await startApp();
    t.after(() => own.close());
    const body = completedBody(inventedTaskId(), [{ status: "succeeded", id: BODY, url: "https://x.example/1.png" }]);
    const forged = () => sendWebhook(own.base, body, hexHeaders(`${body} `));
    const answers = await Promise.all(Array.from({ length: 60 }, forged));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([401]));
    const malformed = `{"note": "${BODY}"}`;
    assert.equal((await sendWebhook(own.base, malformed, hexHeaders(malformed))).status, 400);

    const counts = () => own.lines("webhook_refused").filter((line) => "count" in line);
    await eventually(() => counts().length > 0, ALARM_MS, "a count");
    const [count, ...more] = counts();
    assert.deepEqual(more, []);
    assert.deepEqual(Object.keys(count as Row), ["event", "provider", "id", "code", "reason", "count"]);
    assert.deepEqual([count?.provider, count?.id, count?.code], ["mynth", null, "invalid_signature"]);
    const single = own.lines("webhook_refused").filter((line) => !("count" in line));
    const of = (code: string) => single.filter((line) => line.code === code).length;
    assert.equal(of("invalid_signature"), 20);
    assert.equal(of("malformed_event"), 1);
    assert.equal(count?.count, 40);
    assertDiscreet(own);
  });
});

describe("a task that ends in silence left no line", { timeout, concurrency: true }, () => {
  test("settled by polling", async (t) => {
    const { app, ada } = await startOwn(t);
    const { begin, end } = refusal("tasks", "UPDATE");
    await begin(app);
    const { taskId } = await ada.start({ prompt: BODY });
    app.emulator.finish(taskId);
    await end(app);
    // Its room's alarm is for D1, and finds the first poll due.
    await app.putClockForward(60_000);
    const [line, ...more] = await lines(app, "settled_by_polling");
    assert.deepEqual(more, []);
    assert.deepEqual([line?.provider, line?.id, line?.code], ["mynth", taskId, "completed"]);
    assert.deepEqual(app.lines("gave_up"), []);
  });

  test("given up", async (t) => {
    const { app, ada } = await startOwn(t);
    const { begin, end } = refusal("tasks", "UPDATE");
    await begin(app);
    const { taskId } = await ada.start({ prompt: BODY });
    await end(app);
    await app.putClockForward(30 * HOUR_MS);
    const [line, ...more] = await lines(app, "gave_up");
    assert.deepEqual(more, []);
    assert.deepEqual([line?.provider, line?.id, line?.code], ["mynth", taskId, "timeout"]);
    assert.deepEqual(app.lines("settled_by_polling"), []);
  });

  test("a channel that was given up", async (t) => {
    const { app, ada } = await startOwn(t);
    const { begin, end } = refusal("channels", "INSERT");
    await begin(app);
    const { channelId } = await ask(ada, BODY);
    await end(app);
    await app.putClockForward(6 * HOUR_MS);
    const [line, ...more] = await lines(app, "gave_up");
    assert.deepEqual(more, []);
    assert.deepEqual([line?.provider, line?.id, line?.code], ["modelriver", channelId, "timeout"]);
  });

  test("a start without an answer, that the sweep has found or given up", async (t) => {
    const app = await startApp();
    t.after(() => app.close());
    const ada = await app.as("ada");
    await ada.start({ prompt: BODY });
    app.emulator.options.refuseCreate = { status: 500, body: {} };
    await ada.generate({ prompt: BODY });
    // As if both had been cut off before they could say in their rows what became of them.
    await app.sql("UPDATE tasks SET status = 'pending', error = NULL, version = 0, mynth_task_id = NULL");
    await app.sql("UPDATE images SET status = 'pending', error = NULL, mynth_task_id = NULL");
    const [lost, found] = await app.sql("SELECT id FROM tasks ORDER BY id DESC");
    await app.age();
    await app.sweep();
    for (const [event, row] of [
      ["start_found", found],
      ["start_given_up", lost],
    ] as const) {
      const [line, ...more] = await lines(app, event);
      assert.deepEqual(more, []);
      assert.deepEqual([line?.provider, line?.id?.slice(12), line?.code], ["mynth", row?.id.slice(12), "start_lost"]);
    }
  });
});
