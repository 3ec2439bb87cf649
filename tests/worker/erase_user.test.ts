/** `DELETE /users/me`: all that the caller has is gone within minutes, and nobody else loses anything. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Api } from "./support/api.ts";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import { ask, contentRow } from "./support/river.ts";
import { watchContent } from "./support/river_watcher.ts";
import { completedBody, hexHeaders, sendWebhook } from "./support/signatures.ts";

const app = await startApp();
after(() => app.close());
const timeout = 90_000;
const TABLES = ["tasks", "images", "ai_content", "channels", "idempotency_keys"];

const erase = (user: Api) => user.call("/users/me", { method: "DELETE" });

async function counts(user: string): Promise<Record<string, number>> {
  const count = async (table: string) => {
    const [row] = await app.sql(`SELECT count(*) AS n FROM ${table} WHERE user_id = ?`, user);
    return [table, row?.n];
  };
  return Object.fromEntries(await Promise.all(TABLES.map(count)));
}

const NOTHING = Object.fromEntries(TABLES.map((table) => [table, 0]));

/** A bit of everything: a settled task, a pending one, a batch, content with its channel, a key. */
async function fill(user: Api) {
  const done = await user.start({ count: 2 });
  await app.emulator.deliver(done.taskId);
  const pending = (await user.generate({}, { "idempotency-key": "k" })).body;
  const batch = await user.post("/generate/batch", { prompts: ["a", "b"], models: ["m/x"] });
  assert.equal(batch.status, 201, batch.text);
  const channel = await ask(user, "a film [no-callback]");
  await app.emulator.modelriver.deliver(channel.channelId);
  await contentRow(app, channel.channelId);
  const waiting = await ask(user, "another");
  return { done, pending, channel, waiting };
}

describe("erasing all that a user has", { timeout }, () => {
  test("answers at once, and within moments nothing is left", async () => {
    const [ada, eve] = [await app.as("ada"), await app.as("eve")];
    const had = await fill(ada);
    await fill(eve);
    const ofEve = await counts("eve");
    const watcher = await app.watch(had.pending.live);
    const feed = await watchContent(ada);
    const answer = await erase(ada);
    assert.deepEqual([answer.status, answer.body], [202, { erasing: true }]);
    await eventually(async () => JSON.stringify(await counts("ada")) === JSON.stringify(NOTHING), 20_000);
    assert.equal(await watcher.until(({ erased }) => erased), had.pending.taskId);
    await feed.until(({ erased }) => erased.includes(had.channel.channelId));
    feed.close();
    await eventually(async () => (await app.sql("SELECT * FROM erasures")).length === 0, 20_000);

    assertRefused(await ada.call(`/tasks/${had.done.taskId}`), 404, "not_found");
    assertRefused(await ada.call(`/channels/${had.channel.channelId}`), 404, "not_found");
    assert.deepEqual([(await ada.list()).tasks, (await ada.call("/content")).body.content], [[], []]);
    assert.deepEqual(await counts("eve"), ofEve);

    // What comes late is acknowledged, and brings nothing back.
    for (const { taskId } of [had.done, had.pending]) {
      const body = completedBody(taskId);
      assert.equal((await sendWebhook(app.base, body, hexHeaders(body))).status, 200);
    }
    for (const { channelId } of [had.channel, had.waiting]) {
      const attempts = await app.emulator.modelriver.deliver(channelId);
      assert.ok(attempts.every(({ status }) => status === 200));
    }
    assert.deepEqual(await counts("ada"), NOTHING);
  });

  test("leaves what is started afterwards", async () => {
    const bob = await app.as("bob");
    await bob.start();
    assert.equal((await erase(bob)).status, 202);
    const after = await bob.start();
    await eventually(async () => (await app.sql("SELECT * FROM erasures")).length === 0, 20_000);
    assert.deepEqual(
      (await bob.list()).tasks.map((task: any) => task.taskId),
      [after.taskId],
    );
  });

  test("waits for a start that is under way, and the sweep goes on with it", async () => {
    const cleo = await app.as("cleo");
    const { taskId } = await cleo.start();
    await app.sql("UPDATE tasks SET mynth_task_id = NULL, version = 0 WHERE mynth_task_id = ?", taskId);
    assert.equal((await erase(cleo)).status, 202);
    const asked = () => app.sql("SELECT * FROM erasures WHERE user_id = 'cleo'");
    assert.equal((await asked()).length, 1);
    await app.sql("UPDATE tasks SET mynth_task_id = ?, version = 1 WHERE user_id = 'cleo'", taskId);
    await eventually(async () => {
      await app.sql("UPDATE sweep SET lease_until = ''");
      await app.sweep();
      return (await asked()).length === 0;
    }, 30_000);
    assert.deepEqual(await counts("cleo"), NOTHING);
  });

  test("is for who is signed in", async () => {
    assertRefused(await call(`${app.base}/users/me`, { method: "DELETE" }), 401, "unauthorized");
    const dora = await app.as("dora");
    assertRefused(await dora.call("/users/me"), 405, "method_not_allowed");
    assertRefused(await dora.call("/users/eve", { method: "DELETE" }), 404, "not_found");
  });
});
