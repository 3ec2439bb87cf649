/** `RETENTION_DAYS`: what was settled before goes, a little in each sweep, and the rest stays. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { type App, startApp } from "./support/app.ts";
import { ask, contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";

const timeout = 90_000;
const DAY = 24 * 3600_000;

/** Sweeps at the next full hours, until nothing is left to do. */
async function sweepOnTheHour(app: App, ahead: number): Promise<void> {
  const toTheHour = 3600_000 - ((Date.now() + ahead) % 3600_000);
  await app.putClockForward(ahead + toTheHour + 1000);
  await app.sql("UPDATE sweep SET lease_until = ''");
  await app.sweep();
}

const count = async (app: App, table: string): Promise<number> =>
  (await app.sql(`SELECT count(*) AS n FROM ${table}`))[0]?.n;

async function fill(app: App): Promise<{ taskId: string }> {
  const ada = await app.as("ada");
  const task = await ada.start({ count: 2 });
  await app.emulator.deliver(task.taskId);
  const channel = await ask(ada, "a film [no-callback]");
  await app.emulator.modelriver.deliver(channel.channelId);
  await contentRow(app, channel.channelId);
  const everyones = inventedChannelId();
  await tell(app.base, eventOf(everyones));
  await contentRow(app, everyones);
  return task;
}

const TABLES = ["tasks", "images", "ai_content", "channels"];
const counts = (app: App) => Promise.all(TABLES.map((table) => count(app, table)));

describe("retention", { timeout }, () => {
  test("takes what is past it from every table, whosever it is, and nothing younger", async () => {
    const app = await startApp({ shim: true, vars: { RETENTION_DAYS: "30" } });
    after(() => app.close());
    const { taskId } = await fill(app);
    const all = await counts(app);
    await sweepOnTheHour(app, 29 * DAY);
    assert.deepEqual(await counts(app), all, "a day too early");
    await sweepOnTheHour(app, 31 * DAY);
    assert.deepEqual(await counts(app), [0, 0, 0, 0]);
    assert.deepEqual(await app.sql("SELECT retained_after FROM sweep"), [{ retained_after: "" }]);
    await app.putClockForward(0);
    const again = await app.as("ada");
    assertRefused(await again.call(`/tasks/${taskId}`), 404, "not_found");
  });

  test("goes on where the last sweep has stopped", async () => {
    const app = await startApp({ shim: true, vars: { RETENTION_DAYS: "1" } });
    after(() => app.close());
    await fill(app);
    await app.sweep();
    await app.sql("UPDATE sweep SET lease_until = '', retained_after = 'content '");
    await app.putClockForward(3 * DAY + (3600_000 - ((Date.now() + 3 * DAY) % 3600_000) + 120_000));
    await app.sweep();
    const [tasks, , content] = await counts(app);
    assert.deepEqual([tasks, content], [1, 0]);
  });

  test("that is not set keeps everything", async () => {
    const app = await startApp({ shim: true });
    after(() => app.close());
    await fill(app);
    const all = await counts(app);
    await sweepOnTheHour(app, 4000 * DAY);
    assert.deepEqual(await counts(app), all);
  });

  test("that cannot be read is named, refuses starts, and deletes nothing", async () => {
    const app = await startApp({ shim: true, vars: { RETENTION_DAYS: "30 days" } });
    after(() => app.close());
    const ada = await app.as("ada");
    for (const answer of [
      await call(`${app.base}/readyz`),
      await ada.generate(),
      await ada.post("/generate/batch", { prompts: ["a"], models: ["m/x"] }),
      await ada.post("/ai", { workflow: "films", messages: [{ role: "user", content: "a film" }] }),
    ]) {
      assertRefused(answer, 503, "not_configured");
      assert.match(answer.body.error.message, /^RETENTION_DAYS must be a whole number from 1 to 3650\.$/);
      assert.equal(answer.body.error.issues[0].path, "RETENTION_DAYS");
    }
    const channel = inventedChannelId();
    await tell(app.base, eventOf(channel));
    await contentRow(app, channel);
    await sweepOnTheHour(app, 4000 * DAY);
    assert.equal(await count(app, "ai_content"), 1);
  });
});
