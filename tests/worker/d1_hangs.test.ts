/** D1 that does not answer at all: a caller hears so in time, and nothing was spent. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { eventually } from "./support/eventually.ts";
import { aiRequest, aiStarts } from "./support/river.ts";
import { startOwn } from "./support/troubles.ts";

/** One answer of D1 is waited for ten seconds, and rows that may be there are taken back in three. */
const ANSWERED_MS = 20_000;

async function inTime<T>(work: Promise<T>): Promise<T> {
  const before = Date.now();
  const answer = await work;
  assert.ok(Date.now() - before < ANSWERED_MS, `${Date.now() - before} ms`);
  return answer;
}

describe("while D1 hangs", { timeout: 60_000, concurrency: 3 }, () => {
  test("a start hung for over 30 s", async (t) => {
    const { app, ada } = await startOwn(t);
    await ada.list();
    await app.shim("hang");
    const answers = await inTime(Promise.all([ada.generate(), ada.generate({}, { "idempotency-key": "k1" })]));
    for (const answer of answers) assertRefused(answer, 503, "unavailable");
    assert.equal(app.starts, 0);
    await app.shim("ok");
    assert.equal((await ada.generate({}, { "idempotency-key": "k2" })).status, 201);
  });

  test("a list, a task, a ticket and a probe hung as well", async (t) => {
    const { app, ada } = await startOwn(t);
    const { taskId } = await ada.start();
    await app.shim("silent");
    const answers = await inTime(
      Promise.all([
        ada.call("/tasks"),
        ada.call("/content"),
        ada.call(`/tasks/${taskId}`),
        ada.call(`/tasks/${taskId}/ticket`, { method: "POST" }),
        ada.call("/readyz"),
        ada.generate({}, { "idempotency-key": "k1" }),
        ada.post("/ai", aiRequest(), { "idempotency-key": "k1" }),
      ]),
    );
    for (const answer of answers) assertRefused(answer, 503, "unavailable");
    assert.deepEqual([app.starts, aiStarts(app).length], [1, 0]);
    await app.shim("ok");
    assert.equal((await ada.task(taskId)).status, "pending");
  });

  test("a watcher with a ticket reads its task all the same", async (t) => {
    const { app, ada } = await startOwn(t);
    const { taskId, live } = await ada.start();
    await app.shim("silent");
    const watcher = await app.watch(live);
    await app.emulator.deliver(taskId);
    await watcher.task("completed");
    const read = await fetch(`${app.base}/tasks/${taskId}?ticket=${live.ticket}`);
    assert.equal(((await read.json()) as any).task.status, "completed");
    await app.shim("ok");
    await eventually(async () => (await app.rows(taskId)).task?.status === "completed", 30_000);
    watcher.close();
  });
});
