/** Who comes back to the feed of all tasks with `?since=` misses no change, however far down the list it is. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Api } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { type FeedWatcher, watchFeed } from "./support/feed_watcher.ts";
import { upgrade } from "./support/watcher.ts";

const app = await startApp();
after(() => app.close());
const timeout = 60_000;
/** What a feed begins with in any case. */
const PAGE = 100;
/** The Worker takes changes to be unseen that are this much older than the watcher says. */
const SPARE_MS = 3_600_000;

/** Ids of so many tasks and a few more, oldest first. */
async function startMany(user: Api, many: number): Promise<string[]> {
  const prompts = ["a", "b", "c", "d", "e", "f"];
  const started: string[] = [];
  while (started.length < many) {
    const { body } = await user.post("/generate/batch", { prompts, models: ["m/1", "m/2", "m/3"] });
    started.push(...body.tasks.map(({ taskId }: any) => taskId));
  }
  return started;
}

async function feed(user: Api, since?: string): Promise<FeedWatcher> {
  const query = since ? `?since=${encodeURIComponent(since)}` : "";
  return watchFeed(app.base, { url: `/tasks/live${query}`, token: user.token });
}

describe("the feed of all tasks, since some time", { timeout }, () => {
  test("shows a change of a task that is not among the newest hundred, once", async () => {
    const user = await app.as("ada");
    const ids = await startMany(user, 2 * PAGE + 10);
    // As if all of it had been long ago, but for what comes now.
    const longAgo = new Date(Date.now() - 2 * SPARE_MS).toISOString();
    await app.sql("UPDATE tasks SET updated_at = ? WHERE user_id = 'ada'", longAgo);
    const [oldest = "", second = ""] = ids;
    const since = new Date().toISOString();
    await app.emulator.deliver(second);
    await app.emulator.deliver(oldest);

    const watcher = await feed(user, since);
    assert.deepEqual(await watcher.shows(oldest, "completed"), await user.task(oldest));
    await watcher.until(({ ids }) => ids.length >= PAGE + 2);
    await watcher.settled();
    assert.deepEqual(watcher.ids, [oldest, second, ...ids.slice(-PAGE)]);
    assert.equal(watcher.tasks.length, PAGE + 2);
    watcher.terminate();

    const everything = await feed(user, new Date(Date.now() - 3 * SPARE_MS).toISOString());
    await everything.until((it) => it.ids.length === ids.length);
    assert.deepEqual(everything.ids, ids);
    everything.terminate();
  });

  /** Tasks of this user that have all changed just now, oldest first: their ids. */
  async function changed(user: string, many: number, promptLength = 1): Promise<string[]> {
    await app.sql(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1)
       INSERT INTO tasks (id, user_id, mynth_task_id, kind, status, version, prompt, metadata, created_at, updated_at)
       SELECT printf('%012x%016d', CAST(?3 + i AS INTEGER), CAST(i AS INTEGER)), ?1, 'tsk_' || ?1 || CAST(i AS INTEGER), 'image.rate', 'completed', 2,
         replace(hex(zeroblob(CAST(?4 / 2 AS INTEGER))), '0', 'x'), '{}', ?5, ?5 FROM n`,
      user,
      many,
      Date.now() - 600_000,
      promptLength,
      new Date().toISOString(),
    );
    return Array.from({ length: many }, (_, i) => `tsk_${user}${i}`);
  }

  test("stopped after 1,100 tasks without a word", async () => {
    const user = await app.as("grace");
    const ids = await changed("grace", 1777);
    const watcher = await feed(user, new Date().toISOString());
    await watcher.until((it) => it.ids.length === ids.length, 20_000);
    assert.deepEqual(watcher.ids, ids);
    assert.equal(watcher.tasks.length, ids.length);
    const { taskId } = await user.start();
    await watcher.shows(taskId, "pending");
    watcher.terminate();
  });

  test("closes the socket of who has missed more than fits at once, and says so", async () => {
    const user = await app.as("hugh");
    const ids = await changed("hugh", 1300, 10_000);
    const watcher = await feed(user, new Date().toISOString());
    watcher.socket.send("hello");
    const { code } = await watcher.until(({ closed }) => closed, 20_000);
    assert.equal(code, 1013);
    const many = watcher.ids.length;
    assert.ok(many >= 800 && many < ids.length - PAGE, `${many} tasks`);
    assert.deepEqual(watcher.ids, ids.slice(0, many));
    // Without a time there is nothing to catch up on.
    const now = await feed(user);
    await now.until((it) => it.ids.length === PAGE);
    assert.deepEqual(now.ids, ids.slice(-PAGE));
    now.terminate();
  });

  test("takes any time of RFC 3339 and refuses what is none", async () => {
    const user = await app.as("eve");
    const { taskId } = await user.start();
    for (const since of ["2026-11-21T10:00:00Z", "1970-01-01T00:00:00.000+02:00", "9999-12-31T23:59:59Z"]) {
      const watcher = await feed(user, since);
      await watcher.shows(taskId, "pending");
      watcher.terminate();
    }
    const headers = { authorization: `Bearer ${user.token}` };
    for (const since of ["yesterday", "", "2026-11-21", "1763719200000"]) {
      const { status, text } = await upgrade(`${app.base}/tasks/live?since=${since}`, { headers });
      assert.deepEqual([status, JSON.parse(text).error.issues[0].path], [422, "since"], since);
    }
  });
});
