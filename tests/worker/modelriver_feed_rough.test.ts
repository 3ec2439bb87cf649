/** The content feed when D1 hangs for one of its reads, and when a watcher comes back to more than can be sent at once. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";
import { watchContent } from "./support/river_watcher.ts";

const app = await startApp({ shim: true });
after(() => app.close());
const ada = await app.as("ada");
const timeout = 60_000;
/** A read of D1 is given up after 2 s, and the room that had the row tells the feed again 2 s later, then 4. */
const HEALED_MS = 15_000;

async function more(): Promise<string> {
  const channelId = inventedChannelId();
  await tell(app.base, eventOf(channelId, { title: "T" }, { customer_data: { user_id: "ada" } }));
  return (await contentRow(app, channelId)).id;
}

describe("the content feed", { timeout }, () => {
  test("goes on when D1 leaves it without an answer", async () => {
    const watcher = await watchContent(ada);
    await watcher.row(await more());
    await app.hangNextRead();
    const [first, second] = [await more(), await more()];
    await watcher.row(first, HEALED_MS);
    await watcher.row(second, HEALED_MS);
    assert.deepEqual(watcher.ids.slice(1), [first, second]);
    watcher.terminate();
  });

  test("sends who comes back after very long some of it at a time, and all of it in the end", async () => {
    const first = await more();
    const many = 120;
    await app.sql(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${many - 1})
       INSERT INTO ai_content (id, title, body, category, channel_id, created_at)
       SELECT 'cnt_' || i, 'T', replace(hex(zeroblob(50000)), '0', 'x'), 'g', 'c' || i, '2026-01-02T00:00:00.000Z' FROM n`,
    );
    const seen: string[] = [];
    let visits = 0;
    for (let last = first; seen.length < many; last = seen.at(-1) ?? first) {
      const watcher = await watchContent(ada, `?after=${last}`);
      visits += 1;
      // The runtime ends the connection of a client that has never said a word ten seconds late.
      watcher.socket.send("hello");
      await watcher.until(({ ids, closed }) => closed || seen.length + ids.length === many, 20_000);
      if (watcher.closed) assert.equal(watcher.closed.code, 1013);
      assert.ok(
        watcher.ids.length > 0 && watcher.ids.length * 100_000 < 8_000_000,
        `${watcher.ids.length} rows at once`,
      );
      seen.push(...watcher.ids);
      watcher.terminate();
    }
    assert.deepEqual(
      seen,
      Array.from({ length: many }, (_, i) => `cnt_${i}`),
    );
    assert.ok(visits >= 3, `${visits} visits`);
  });
});
