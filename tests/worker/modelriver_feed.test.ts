/** The content feed: every row to every socket that may see it, once and in order, whatever happens to either. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { type Api, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { WORKER } from "./support/deployment.ts";
import { begin, contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";
import { contentLive, type RiverWatcher, watchContent } from "./support/river_watcher.ts";
import { upgrade } from "./support/watcher.ts";

const app = await startApp({ vars: { MODELRIVER_PUBLIC: "true" } });
after(() => app.close());
const [ada, eve] = [await app.as("ada"), await app.as("eve")];
const timeout = 60_000;

const open: RiverWatcher[] = [];
afterEach(() => {
  for (const watcher of open.splice(0)) watcher.terminate();
});

async function feed(user: Api = ada, after?: string): Promise<RiverWatcher> {
  const watcher = await watchContent(user, after === undefined ? "" : `?after=${after}`);
  open.push(watcher);
  return watcher;
}

/** One more row, for this user or for everyone: its id. */
async function more(user?: string): Promise<string> {
  const channelId = inventedChannelId();
  await tell(
    app.base,
    eventOf(channelId, { title: "T" }, user === undefined ? {} : { customer_data: { user_id: user } }),
  );
  return (await contentRow(app, channelId)).id;
}

/** The ids of all rows that this user may see, in the order they came in, from one on. */
async function arrived(user: string, after: string): Promise<string[]> {
  const rows = await app.sql(
    "SELECT id FROM ai_content WHERE seq > (SELECT seq FROM ai_content WHERE id = ?) AND (user_id IS NULL OR user_id = ?) ORDER BY seq",
    after,
    user,
  );
  return rows.map(({ id }) => id);
}

const FEEDS = ["content:ada", "content:eve"];
const evictFeed = (name: string) =>
  app.worker.unsafeEvictDurableObject(WORKER, "FeedRoom", { name, webSockets: "hibernate" });

/** So many rows at once, by webhooks of the provider: every third for eve, the others for all and for ada. */
async function burst(count: number): Promise<void> {
  const owners = [{}, { user_id: "ada" }, { user_id: "eve" }];
  const channels = Array.from({ length: count }, (_, i) => begin(app, `film ${i} [no-callback]`, owners[i % 3]));
  const attempts = await Promise.all(channels.map(({ id }) => app.emulator.modelriver.deliver(id)));
  assert.ok(attempts.flat().every(({ status }) => status === 200));
}

describe("the content feed", { timeout }, () => {
  test("begins now: what was there before is in the list", async () => {
    const before = await more();
    const watcher = await feed();
    const id = await more();
    await watcher.row(id);
    await watcher.settled();
    assert.deepEqual(watcher.ids, [id]);
    assert.ok(!watcher.ids.includes(before));
  });

  test("shows fifty rows that come at once to all who watch, each once and in one order", async () => {
    const first = await more();
    const watchers = await Promise.all([feed(), feed(), feed(ada, first), feed(eve), feed(eve, first)]);
    await burst(50);
    const [hers, mine] = [await arrived("eve", first), await arrived("ada", first)];
    assert.deepEqual([mine.length, hers.length], [34, 33]);
    for (const [i, watcher] of watchers.entries()) {
      const expected = i < 3 ? mine : hers;
      await watcher.until(({ ids }) => ids.length === expected.length, 10_000);
      await watcher.settled();
      assert.deepEqual(watcher.ids, expected);
    }
  });

  test("goes on after a row that its watcher has, however many came since", async () => {
    const first = await more();
    await app.sql(
      "INSERT INTO ai_content (id, title, body, category, channel_id, user_id, created_at) " +
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 350) " +
        "SELECT 'cnt_many_' || i, 'T', 'B', 'general', 'c' || i, CASE i % 2 WHEN 0 THEN 'eve' END, '2026-01-01T00:00:00.000Z' FROM n",
    );
    const [mine, hers] = [await feed(ada, first), await feed(eve, first)];
    const last = await more();
    for (const [watcher, name, count] of [
      [mine, "ada", 176],
      [hers, "eve", 351],
    ] as const) {
      await watcher.row(last, 10_000);
      await watcher.settled();
      assert.deepEqual(watcher.ids, await arrived(name, first));
      assert.equal(watcher.ids.length, count);
    }
  });

  test("misses none and repeats none for one who comes back again and again, while rows keep coming", async () => {
    const first = await more();
    let isOver = false;
    const rows = Array.from({ length: 4 }, async (_, i) => {
      for (let n = 0; n < 20; n++) await more(["ada", undefined, "eve", "ada"][(i + n) % 4]);
    });
    const coming = Promise.all(rows).finally(() => (isOver = true));
    const seen = [first];
    let visits = 0;
    for (let over = false; !over; visits++) {
      over = isOver;
      const watcher = await feed(ada, seen.at(-1));
      if (over) await watcher.settled();
      else await watcher.until(({ ids }) => ids.length > 2 || isOver, 20_000).catch(() => {});
      watcher.terminate();
      seen.push(...watcher.ids);
    }
    await coming;
    const expected = await arrived("ada", first);
    assert.equal(expected.length, 60);
    assert.deepEqual(seen.slice(1), expected);
    assert.ok(visits > 3, `${visits} visits`);
  });

  test("is joined at the moment that rows come, and shows who names the last one all that came after", async () => {
    const first = await more();
    const joining = burst(30);
    const watchers = await Promise.all(Array.from({ length: 10 }, () => feed(ada, first)));
    await joining;
    const last = await more();
    for (const watcher of watchers) {
      await watcher.row(last, 10_000);
      await watcher.settled();
      assert.deepEqual(watcher.ids, await arrived("ada", first));
    }
  });

  test("survives its object's sleep, which pings do not end", async () => {
    const watchers = [await feed(), await feed(eve)];
    const [mine, hers] = watchers as [RiverWatcher, RiverWatcher];
    const first = await more();
    for (const watcher of watchers) await watcher.row(first);
    for (let i = 0; i < 3; i++) {
      for (const name of FEEDS) await evictFeed(name);
      for (const watcher of watchers) await watcher.settled();
      for (const name of FEEDS) await assert.rejects(evictFeed(name), /not currently running/);
      await burst(6);
      const last = await more();
      for (const watcher of watchers) await watcher.row(last);
    }
    for (const [watcher, name] of [
      [mine, "ada"],
      [hers, "eve"],
    ] as const) {
      await watcher.settled();
      assert.deepEqual(watcher.ids.slice(1), await arrived(name, first));
      assert.equal(watcher.closed, null);
    }
  });

  test("shows a row as it was when it came: what becomes of its callback is on the row", async () => {
    const watcher = await feed();
    const channel = begin(app, "a film", { user_id: "ada" });
    await app.emulator.modelriver.deliver(channel.id);
    const shown = await watcher.row((await contentRow(app, channel.id)).id);
    assert.ok(["pending", "delivered"].includes(shown.callback));
    await app.emulator.until(() => channel.isCalledBack);
    await more();
    await watcher.settled();
    assert.equal(watcher.ids.filter((id) => id === shown.id).length, 1);
  });
});

describe("one watcher of the feed", { timeout }, () => {
  test("is told so when it says too much, and may be gone without a word", async () => {
    const [loud, gone, watcher] = [await feed(), await feed(), await feed()];
    loud.socket.send("x".repeat(5000));
    assert.equal((await loud.until(({ closed }) => closed)).code, 1009);
    loud.terminate();
    gone.terminate();
    await watcher.row(await more());
    watcher.socket.send('{"type":"subscribe"}');
    await watcher.settled();
    assert.equal(watcher.frames.length, 1);
    watcher.socket.close();
    await watcher.until(({ closed }) => closed);
  });
});

describe("the feed after a row that is none", { timeout }, () => {
  test("is refused, and names the field", async () => {
    const theirs = await more("eve");
    const { ticket } = await contentLive(ada);
    for (const after of ["cnt_none", "", "a%20b", "x".repeat(65), theirs, "1", "%27"]) {
      const answer = await upgrade(`${app.base}/content/live?after=${after}`, {
        protocols: ["taskwire", `ticket.${ticket}`],
      });
      const { status, text, headers } = answer;
      assertRefused({ status, text, headers, body: JSON.parse(text) }, 422, "validation_error", after);
      assert.deepEqual(
        JSON.parse(text).error.issues.map(({ path }: any) => path),
        ["after"],
      );
    }
  });
});
