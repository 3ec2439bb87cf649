/** The log of webhooks: a row for each, in the same call to D1 as the rows that it changes, and few for what is refused. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { type App, type Row, startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import { everything, OPERATOR_VARS, post } from "./support/operator.ts";
import { ask, bodyHeaders, eventOf, inventedChannelId, sendRiver } from "./support/river.ts";
import { completedBody, inventedTaskId, sendWebhook, standardHeaders } from "./support/signatures.ts";

const timeout = Number(process.env.DELIVERIES ?? 0) > 1000 ? 3_600_000 : 120_000;
/** Deliveries of the mixed test. */
const MANY = Number(process.env.DELIVERIES ?? 300);
/** Refused ones are counted for 15 s before the count is written. */
const COUNTED_MS = 25_000;
const DAY = 24 * 3600_000;

const app = await startApp();
after(() => app.close());

const EVENT = "task.image.generate.completed";
const image = [{ status: "succeeded", id: "img_1", url: "https://cdn.example/1.png" }];

/** A webhook of the current form, with an id of its own. */
function bodyOf(taskId: string, id: string, type = EVENT): string {
  const data = { id: taskId, status: "completed", request: {}, result: { images: image } };
  return JSON.stringify({ id, type, timestamp: new Date().toISOString(), data });
}

const rowsOf = (of: App, where = "1 = 1") => of.sql(`SELECT * FROM deliveries WHERE ${where} ORDER BY id`);

async function row(of: App, where: string): Promise<Row> {
  await eventually(async () => (await rowsOf(of, where)).length > 0, 5000, `a row where ${where}`);
  const [found, ...more] = await rowsOf(of, where);
  assert.deepEqual(more, []);
  return found as Row;
}

interface Entry {
  kind: string;
  verdict: string;
  status: number;
  id: string;
  taskId: string | null;
  body: string;
  /** Signed when it is sent. */
  headers: () => Record<string, string>;
}

/** What is sent, with what must become of it. */
async function mixed(of: App, count: number): Promise<Entry[]> {
  const ada = await of.as("ada");
  const book: Entry[] = [];
  const entry = (kind: string, verdict: string, status: number, taskId: string | null, body: string, id: string) =>
    book.push({ kind, verdict, status, id, taskId, body, headers: () => standardHeaders(body, { id }) });
  while (book.length < count) {
    const { taskId } = await ada.start();
    const [id, later, early, other, bad] = Array.from({ length: 5 }, () => `evt_${randomUUID()}`) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const good = bodyOf(taskId, id);
    entry("good", "applied", 200, taskId, good, id);
    entry("doubled", "duplicate", 200, taskId, good, id);
    entry("of what is over", "stale", 200, taskId, bodyOf(taskId, later), later);
    const invented = inventedTaskId();
    entry("before its start", "early", 200, invented, bodyOf(invented, early), early);
    entry("of an unknown type", "unknown_type", 200, null, JSON.stringify({ id: other, type: "account.low" }), other);
    entry("malformed", "malformed", 400, null, JSON.stringify({ id: bad, type: EVENT }), bad);
    const forged = bodyOf(taskId, `evt_${randomUUID()}`);
    const headers = () => standardHeaders(forged, { secret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
    book.push({ kind: "forged", verdict: "bad_signature", status: 401, id: "", taskId: null, body: forged, headers });
  }
  return book;
}

describe("the log of webhooks", { timeout }, () => {
  test(`${MANY} mixed deliveries are in the log as they are in the sender's own book`, async () => {
    const of = await startApp({ vars: OPERATOR_VARS });
    after(() => of.close());
    const began = new Date().toISOString();
    const book = await mixed(of, MANY);
    for (const { kind, status, body, headers } of book) {
      const answer = await sendWebhook(of.base, body, headers());
      assert.equal(answer.status, status, `${kind}: ${answer.text}`);
    }
    const own = book.filter(({ kind }) => kind !== "forged");
    const known = () => rowsOf(of, "verdict <> 'bad_signature'");
    await eventually(async () => (await known()).length >= own.length, 10_000, "a row for each");
    const line = (verdict: unknown, status: unknown, id: unknown, taskId: unknown) => [verdict, status, id, taskId];
    const logged = (await known()).map((of) => line(of.verdict, of.status, of.provider_delivery, of.task_id));
    const sent = own.map((of) => line(of.verdict, of.status, of.id, of.taskId));
    const sorted = (lines: unknown[][]) => lines.map((one) => JSON.stringify(one)).sort();
    assert.deepEqual(sorted(logged), sorted(sent));
    for (const of of await known()) {
      const { body } = own.find(({ id }) => id === of.provider_delivery) as Entry;
      assert.deepEqual([of.body, of.bytes], [body, Buffer.byteLength(body)]);
    }

    const forged = book.length - own.length;
    const refusals = async () => {
      const [{ n }] = (await of.sql("SELECT sum(count) AS n FROM delivery_counts")) as [{ n: number | null }];
      return (await rowsOf(of, "verdict = 'bad_signature'")).length + (n ?? 0);
    };
    await eventually(async () => (await refusals()) === forged, COUNTED_MS, `${forged} that were refused`);
    const kept = await rowsOf(of, "verdict = 'bad_signature'");
    const minutes = new Set(kept.map(({ at }) => at.slice(0, 16))).size;
    assert.ok(kept.length <= 10 * minutes, `${kept.length} rows in ${minutes} minutes`);

    // All of it once more, through the same door: nothing comes of it.
    const started = [...new Set(own.filter(({ kind }) => kind === "good").map(({ taskId }) => taskId))].slice(-20);
    const ada = await of.as("ada");
    const watchers = await Promise.all(
      started.map(async (id) =>
        of.watch({ url: `/tasks/${id}/live`, ticket: (await ada.post(`/tasks/${id}/ticket`, {})).body.ticket }),
      ),
    );
    await Promise.all(watchers.map((watcher) => watcher.task("completed")));
    const before = await everything(of);
    const verdicts: Record<string, number> = {};
    const until = new Date().toISOString();
    let [replayed, skipped, cursor] = [0, 0, null];
    do {
      const page = await post(of, "/admin/replay", { since: began, until, ...(cursor ? { cursor } : {}) });
      [replayed, skipped, cursor] = [replayed + page.replayed, skipped + page.skipped, page.nextCursor];
      for (const [verdict, n] of Object.entries(page.verdicts))
        verdicts[verdict] = (verdicts[verdict] ?? 0) + Number(n);
    } while (cursor);
    assert.deepEqual([replayed, skipped], [own.length, kept.length]);
    assert.equal(verdicts.applied, undefined, JSON.stringify(verdicts));
    assert.equal(await everything(of), before);
    for (const watcher of watchers) assert.equal(watcher.frames.length, 1);
  });

  test("a row has what an operator asks for", async () => {
    const ada = await app.as("ada");
    const { taskId } = await ada.start();
    const body = bodyOf(taskId, `evt_${randomUUID()}`);
    const headers = standardHeaders(body);
    await sendWebhook(app.base, body, headers);
    const found = await row(app, `task_id = '${taskId}'`);
    assert.deepEqual(
      [found.provider, found.event, found.provider_delivery, found.verdict, found.status, found.reason, found.body],
      ["mynth", EVENT, headers["webhook-id"], "applied", 200, null, body],
    );
    assert.ok(Math.abs(Date.now() - Date.parse(found.at)) < 30_000 && found.ms >= 0, found.at);
    const settled = JSON.parse(found.settled);
    assert.deepEqual([settled.kind, settled.status], ["image.generate", "completed"]);
    assert.deepEqual(Object.keys(settled.stages).sort(), ["apply", "d1", "provider", "start"]);
    for (const ms of Object.values(settled.stages)) assert.ok((ms as number) >= 0 && (ms as number) < 60_000);
  });

  test("a row is written in the same call to D1 as the rows that it is about", async () => {
    const of = await startApp({ shim: true });
    after(() => of.close());
    const { taskId } = await (await of.as("ada")).start();
    const calls = async () => {
      const all = Object.values(await of.shim());
      return all.reduce((sum, { d1Batches, d1Reads }) => sum + d1Batches + d1Reads, 0);
    };
    const before = await calls();
    const body = bodyOf(taskId, `evt_${randomUUID()}`);
    await sendWebhook(of.base, body, standardHeaders(body));
    await row(of, `task_id = '${taskId}'`);
    assert.equal((await of.rows(taskId)).task?.status, "completed");
    assert.equal((await calls()) - before, 1);
  });

  test("what is refused says why, and little of its body is kept", async () => {
    const of = await startApp();
    after(() => of.close());
    const long = JSON.stringify({ padding: "x".repeat(100_000) });
    await sendWebhook(of.base, long, {});
    const unsigned = await row(of, "verdict = 'bad_signature'");
    assert.equal(unsigned.body, long.slice(0, 2048));
    assert.deepEqual([unsigned.bytes, unsigned.status, unsigned.task_id], [long.length, 401, null]);
    assert.match(unsigned.reason, /signature/);
    await sendWebhook(of.base, "x".repeat(600_000), {});
    assert.equal((await row(of, "verdict = 'too_large'")).bytes, 600_000);
    await sendWebhook(of.base, long, standardHeaders(long));
    const malformed = await row(of, "verdict = 'malformed'");
    assert.deepEqual([malformed.body, malformed.bytes], [long.slice(0, 65_536), long.length]);
    assert.match(malformed.reason, /no name/);
  });

  test("what cannot be taken is logged as failed, and as applied when it comes again", async () => {
    const of = await startApp({ vars: { MYNTH_WEBHOOK_SECRET: null } });
    after(() => of.close());
    const body = bodyOf(inventedTaskId(), `evt_${randomUUID()}`);
    const answer = await sendWebhook(of.base, body, standardHeaders(body));
    assertRefused(answer, 503, "not_configured");
    const failed = await row(of, "verdict = 'failed'");
    assert.deepEqual([failed.status, failed.body], [503, null]);
    assert.match(failed.reason, /MYNTH_WEBHOOK_SECRET/);
  });

  test("ModelRiver's webhooks are logged with their channels", async () => {
    const channel = await ask(await app.as("ada"), "a film [no-callback]");
    const body = JSON.stringify(eventOf(channel.channelId));
    await sendRiver(app.base, body, bodyHeaders(body));
    const found = await row(app, `task_id = '${channel.channelId}'`);
    assert.deepEqual([found.provider, found.event, found.verdict], ["modelriver", "task.ai_generated", "applied"]);
    assert.equal(found.body, body);
    await sendRiver(app.base, body, bodyHeaders(body));
    await eventually(async () => (await rowsOf(app, "verdict = 'duplicate'")).length === 1, 5000, "a duplicate");
  });

  test("D1 that refuses the log does not keep a result from its rows for long", async () => {
    const of = await startApp();
    after(() => of.close());
    const { taskId } = await (await of.as("ada")).start();
    await of.sql("CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'full'); END");
    const body = bodyOf(taskId, `evt_${randomUUID()}`);
    assert.equal((await sendWebhook(of.base, body, standardHeaders(body))).status, 200);
    await eventually(async () => (await of.rows(taskId)).task?.status === "completed", 20_000, "its row");
  });

  test("with DELIVERY_LOG=off nothing is logged or counted", async () => {
    const of = await startApp({ vars: { DELIVERY_LOG: "off" }, shim: true });
    after(() => of.close());
    const { taskId } = await (await of.as("ada")).start();
    for (let times = 0; times < 15; times++) await sendWebhook(of.base, "{}", {});
    const body = bodyOf(taskId, `evt_${randomUUID()}`);
    await sendWebhook(of.base, body, standardHeaders(body));
    await sendWebhook(of.base, body, standardHeaders(body));
    // What would be logged after the answer is there by the time of a later webhook's rows.
    await eventually(async () => (await of.rows(taskId)).task?.status === "completed", 5000, "its row");
    assert.deepEqual(await rowsOf(of), []);
    assert.deepEqual(await of.sql("SELECT * FROM delivery_counts"), []);
  });

  test("another value of DELIVERY_LOG is named, and turns nothing off", async () => {
    const of = await startApp({ vars: { DELIVERY_LOG: "no" } });
    after(() => of.close());
    const ready = await call(`${of.base}/readyz`);
    assertRefused(ready, 503, "not_configured");
    assert.match(ready.text, /DELIVERY_LOG/);
    await sendWebhook(of.base, "{}", {});
    await row(of, "verdict = 'bad_signature'");
  });

  test("a body goes with the task that its owner erases, and a late one is not kept", async () => {
    const ada = await app.as("ada");
    const { taskId } = await ada.start();
    await app.emulator.deliver(taskId);
    await row(app, `task_id = '${taskId}' AND body IS NOT NULL`);
    assert.equal((await ada.call(`/tasks/${taskId}`, { method: "DELETE" })).status, 204);
    assert.equal((await row(app, `task_id = '${taskId}'`)).body, null);
    const late = bodyOf(taskId, `evt_${randomUUID()}`);
    assert.equal((await sendWebhook(app.base, late, standardHeaders(late))).status, 200);
    assert.equal((await row(app, `task_id = '${taskId}' AND verdict = 'unknown_task'`)).body, null);
  });

  test("the bodies of a channel go with it", async () => {
    const ada = await app.as("ada");
    const { channelId } = await ask(ada, "a film [no-callback]");
    const body = JSON.stringify(eventOf(channelId));
    await sendRiver(app.base, body, bodyHeaders(body));
    await row(app, `task_id = '${channelId}' AND body IS NOT NULL`);
    const [{ id }] = (await app.sql("SELECT id FROM ai_content WHERE channel_id = ?", channelId)) as [{ id: string }];
    assert.equal((await ada.call(`/content/${id}`, { method: "DELETE" })).status, 204);
    assert.equal((await row(app, `task_id = '${channelId}'`)).body, null);
  });

  test("rows are kept for eight days, and the newest for longer", async () => {
    const of = await startApp({ shim: true });
    after(() => of.close());
    for (let times = 0; times < 3; times++) {
      const body = JSON.stringify(eventOf(inventedChannelId()));
      await sendRiver(of.base, body, bodyHeaders(body));
    }
    const ids = async () => (await rowsOf(of)).map(({ id }) => id);
    await eventually(async () => (await ids()).length === 3, 5000, "three rows");
    await of.sweep();
    assert.equal((await ids()).length, 3);
    await of.putClockForward(8 * DAY + 60_000);
    await of.sql("UPDATE sweep SET lease_until = ''");
    await of.sweep();
    assert.deepEqual(await ids(), [3]);
  });

  test("a task that ends without its webhook is counted", async () => {
    const of = await startApp({ shim: true });
    after(() => of.close());
    const { taskId } = await (await of.as("ada")).start();
    of.emulator.finish(taskId);
    await of.ring(taskId);
    await eventually(async () => (await of.rows(taskId)).task?.status === "completed", 10_000, "its end by polling");
    const counts = await of.sql("SELECT provider, verdict, count FROM delivery_counts");
    assert.deepEqual(counts, [{ provider: "mynth", verdict: "polled", count: 1 }]);
  });
});

/** A dataset that remembers what is written. */
const DATASET = `
import { WorkerEntrypoint } from "cloudflare:workers";
const points = [];
export default class extends WorkerEntrypoint {
  writeDataPoint(point) { points.push(point); }
  async fetch() { return Response.json(points); }
}
`;

function dataset() {
  const config = {
    name: "dataset",
    compatibilityDate: "2026-11-01",
    manifest: {
      mainModule: "dataset.js",
      modulesRoot: import.meta.dirname,
      modules: { "dataset.js": { type: "esm", contents: DATASET } },
    },
    env: {},
  };
  const binding = { type: "worker", worker: "dataset" };
  return { env: { METRICS: binding }, workers: [{ config, dev: {} }] };
}

describe("figures for Analytics Engine", { timeout }, () => {
  test("there is a data point for each webhook and for each task that has ended", async () => {
    const of = await startApp({ beside: dataset });
    after(() => of.close());
    const { taskId } = await (await of.as("ada")).start();
    const body = completedBody(taskId, image);
    await sendWebhook(of.base, body, standardHeaders(body));
    await sendWebhook(of.base, body, {});
    const { METRICS } = (await of.worker.getBindings()) as { METRICS: { fetch(url: string): Promise<Response> } };
    const points = async () => (await (await METRICS.fetch("http://dataset/")).json()) as Row[];
    await eventually(async () => (await points()).length >= 3, 10_000, "three data points");
    const all = await points();
    assert.deepEqual(all.map(({ blobs }) => blobs).sort(), [
      ["delivery", "mynth", "", "bad_signature"],
      ["delivery", "mynth", EVENT, "applied"],
      ["task", "mynth", "image.generate", "completed", "webhook"],
    ]);
    for (const { indexes, blobs, doubles } of all) {
      assert.deepEqual(indexes, ["mynth"]);
      assert.equal(doubles.length, blobs[0] === "task" ? 4 : 3);
      for (const figure of doubles) assert.ok(figure >= 0, `${blobs}: ${doubles}`);
    }
  });
});
