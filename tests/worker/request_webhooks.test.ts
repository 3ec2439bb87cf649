/** Webhooks that are not signed, in a deployment without a registered one: an address for each start. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { completedBody, hexHeaders, inventedTaskId, sendWebhook } from "./support/signatures.ts";

const app = await startApp({
  vars: { MYNTH_WEBHOOK_MODE: "request", PUBLIC_URL: "https://public.example/", MYNTH_WEBHOOK_SECRET: null },
});
after(() => app.close());
const ada = await app.as("ada");
const timeout = 30_000;

/** The path of the address that the provider was given for a task. */
function pathFor(task: any): string {
  const [{ url }, ...more] = task.sent.webhook.custom;
  assert.deepEqual(more, []);
  assert.match(url, /^https:\/\/public\.example\/webhooks\/mynth\/v1\.[\w-]+\.[\w-]+$/);
  return new URL(url).pathname;
}

const send = (path: string, body: string) => call(app.base + path, { method: "POST", body });
const path = (taskId: string) => pathFor(app.emulator.tasks.get(taskId));

describe("a webhook of a single request", { timeout }, () => {
  afterEach(() => {
    app.emulator.options.onCreate = undefined;
  });

  test("ends its task, without a signature and without a secret", async () => {
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    const answer = await send(path(taskId), completedBody(taskId));
    assert.deepEqual([answer.status, answer.body], [200, { received: true }]);
    await watcher.task("completed");
    watcher.close();
    assert.equal((await ada.task(taskId)).status, "completed");
  });

  test("is taken before the start call is answered, once the provider says that the task is this one", async () => {
    app.emulator.options.onCreate = async (task) => {
      assert.equal((await send(pathFor(task), completedBody(task.id))).status, 200);
    };
    const { task } = await ada.start();
    assert.equal(task.status, "completed");
  });

  test("comes to nothing for any other task, whether it is known, unknown or not started yet", async () => {
    const mine = await ada.start();
    const other = await (await app.as("eve")).start();
    for (const taskId of [other.taskId, inventedTaskId()]) {
      assertRefused(await send(path(mine.taskId), completedBody(taskId)), 401, "invalid_signature");
    }
    app.emulator.options.onCreate = async (task) => {
      assertRefused(await send(pathFor(task), completedBody(other.taskId)), 401, "invalid_signature");
    };
    await ada.start();
    assert.equal((await (await app.as("eve")).task(other.taskId)).status, "pending");
  });

  test("comes to nothing with a token that was changed, cut or made up", async () => {
    const { taskId } = await ada.start();
    const good = path(taskId);
    const last = good.at(-1) === "A" ? "B" : "A";
    for (const bad of [
      good.slice(0, -1) + last,
      good.slice(0, -2),
      "/webhooks/mynth/x",
      "/webhooks/mynth/v1.e30.AAAA",
    ]) {
      assertRefused(await send(bad, completedBody(taskId)), 401, "invalid_signature", bad);
    }
    assert.equal((await ada.task(taskId)).status, "pending");
  });

  test("is read like any other: what is malformed is a 400, and what is unknown is taken", async () => {
    const { taskId } = await ada.start();
    assertRefused(await send(path(taskId), "{"), 400, "malformed_event");
    assert.equal((await send(path(taskId), JSON.stringify({ event: "account.low_balance" }))).status, 200);
  });

  test("is the only way in: signed webhooks have no secret to be checked with", async () => {
    const { taskId } = await ada.start();
    const body = completedBody(taskId);
    assertRefused(await sendWebhook(app.base, body, hexHeaders(body)), 503, "not_configured");
    assert.equal((await call(`${app.base}/readyz`)).status, 200);
  });
});
