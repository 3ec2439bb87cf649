/** The content feed among the rows of others: what they cost who watches, and who hears of a new one. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { WORKER } from "./support/deployment.ts";
import { eventually } from "./support/eventually.ts";
import { contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";
import { type RiverWatcher, watchContent } from "./support/river_watcher.ts";

const app = await startApp({ shim: true, vars: { MODELRIVER_PUBLIC: "true" } });
after(() => app.close());
const timeout = 60_000;

const open: RiverWatcher[] = [];
afterEach(() => {
  for (const watcher of open.splice(0)) watcher.terminate();
});

async function feed(name: string, after?: string): Promise<RiverWatcher> {
  const watcher = await watchContent(await app.as(name), after === undefined ? "" : `?after=${after}`);
  open.push(watcher);
  return watcher;
}

/** One more row, for this user or for everyone: its id. */
async function more(user?: string): Promise<string> {
  const channelId = inventedChannelId();
  const owner = user === undefined ? {} : { customer_data: { user_id: user } };
  await tell(app.base, eventOf(channelId, { title: "T" }, owner));
  return (await contentRow(app, channelId)).id;
}

/** What all feeds have asked D1 so far. */
async function reads(): Promise<number> {
  return Object.values(await app.shim()).reduce((sum, { d1Reads }) => sum + d1Reads, 0);
}

/** How often this object was asked something. */
async function asked(name: string): Promise<number> {
  return (await app.shim())[name]?.asked ?? 0;
}

describe("who comes back to the content feed", { timeout }, () => {
  test("does not read the 30,000 rows of others that came meanwhile", async () => {
    const first = await more("ada");
    await app.sql(
      "INSERT INTO ai_content (id, title, body, category, channel_id, user_id, created_at) " +
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) " +
        "SELECT 'cnt_foreign_' || i, 'T', 'B', 'g', 'c' || i, 'eve', '2026-01-01T00:00:00.000Z' FROM n",
    );
    const last = await more("ada");
    const before = await reads();
    const watcher = await feed("ada", first);
    await watcher.row(last);
    await watcher.settled();
    assert.deepEqual(watcher.ids, [last]);
    const cost = (await reads()) - before;
    assert.ok(cost <= 5, `${cost} queries`);
  });
});

describe("a new row", { timeout }, () => {
  test("of one user wakes nobody else's feed", async () => {
    const [ada, eve] = [await feed("ada"), await feed("eve")];
    const before = await asked("content:eve");
    await ada.row(await more("ada"));
    await ada.row(await more("ada"));
    await eve.settled();
    assert.equal(await asked("content:eve"), before);
    assert.ok((await asked("content:ada")) >= 3);
    assert.deepEqual(eve.ids, []);
  });

  test("that is everyone's reaches all who watch, in one order with their own", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `user ${i}`);
    const watchers = await Promise.all(names.map((name) => feed(name)));
    const own = await more("user 7");
    const [one, two] = [await more(), await more()];
    for (const [i, watcher] of watchers.entries()) {
      await watcher.row(two);
      await watcher.settled();
      assert.deepEqual(watcher.ids, i === 7 ? [own, one, two] : [one, two]);
    }
  });

  test("that is everyone's reaches who watches after the feed of such rows was out of memory", async () => {
    const watcher = await feed("bob");
    await app.worker.unsafeEvictDurableObject(WORKER, "FeedRoom", { name: "content", webSockets: "hibernate" });
    await watcher.row(await more());
  });

  test("that is everyone's is told once to the feed of a user who has left, and then no more", async () => {
    const [gone, watcher] = [await feed("carl"), await feed("dora")];
    gone.close();
    await gone.until(({ closed }) => closed);
    await watcher.row(await more());
    // The others may be told after her.
    const told = async () => (await asked("content:carl")) === 2;
    await eventually(told, 5000, "the feed of who has left is told");
    for (let i = 0; i < 3; i++) await watcher.row(await more());
    assert.equal(await asked("content:carl"), 2, "his socket, and the first row");
    // And again from when he comes back.
    const back = await feed("carl");
    await back.row(await more());
  });

  test("that is everyone's reaches the last of 600 who have left, and is told to each of them once", async () => {
    const feeds: any = await app.worker.getDurableObjectNamespace("FEEDS");
    const hub = feeds.get(feeds.idFromName("content"));
    // More than are told in one run of the alarm.
    const names = Array.from({ length: 600 }, (_, i) => `left ${i}`);
    for (const name of names) assert.equal(await hub.message("/follow", name), "");
    // The last in the order in which they are told.
    const watcher = await feed("zoe");
    await watcher.row(await more(), 30_000);
    await watcher.row(await more(), 30_000);
    const counts = await app.shim();
    assert.deepEqual(new Set(names.map((name) => counts[`content:${name}`]?.asked)), new Set([1]));
    await watcher.settled();
    assert.equal(watcher.ids.length, 2);
  });
});
