/** Rows of hundreds of kilobytes: a page of them, of a list or of the feed, ends at some 2 MB. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Api } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { watchContent } from "./support/river_watcher.ts";

const app = await startApp();
after(() => app.close());
const timeout = 90_000;

/** With what a row has besides its body. */
const PAGE_BYTES = 2.2e6;

/** So many rows of this user, with a body of so many bytes each. */
async function place(user: string, count: number, bytes: number): Promise<string[]> {
  await app.sql(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
     INSERT INTO ai_content (id, title, body, category, channel_id, user_id, created_at)
     SELECT 'cnt_${user}_' || i, 'T', replace(hex(zeroblob(${bytes / 2})), '0', 'x'), 'g', 'c' || i, '${user}',
       '2026-01-02T00:00:00.000Z' FROM n`,
  );
  return Array.from({ length: count }, (_, i) => `cnt_${user}_${i}`);
}

/** The pages of the list from the newest row on: the ids, and the bytes of each answer. */
async function walk(user: Api, limit: number): Promise<{ ids: string[]; pages: number[] }> {
  const [ids, pages]: [string[], number[]] = [[], []];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const answer: any = await user.call(`/content?limit=${limit}${cursor && `&cursor=${cursor}`}`);
    assert.equal(answer.status, 200, answer.text.slice(0, 500));
    ids.push(...answer.body.content.map(({ id }: any) => id));
    pages.push(answer.text.length);
    cursor = answer.body.nextCursor;
  }
  return { ids, pages };
}

describe("a page of the list", { timeout }, () => {
  test("of a hundred rows of 400 KB is not 40 MB", async () => {
    const placed = await place("ada", 100, 400_000);
    const { ids, pages } = await walk(await app.as("ada"), 100);
    assert.deepEqual(ids, placed.toReversed());
    assert.ok(Math.max(...pages) < PAGE_BYTES, `${pages}`);
    assert.equal(pages.length, 20);
  });
});

describe("sixteen sockets that come back at once to 30 rows of 500 KB", { timeout }, () => {
  test("get some of it at a time, and all of it in the end", async () => {
    const rows = await place("eve", 30, 500_000);
    const first = rows[0] ?? "";
    const eve = await app.as("eve");
    async function comeBack(): Promise<string[]> {
      const seen = [first];
      while (seen.length < rows.length) {
        const watcher = await watchContent(eve, `?after=${seen.at(-1)}`);
        // The runtime ends the connection of a client that has never said a word ten seconds late.
        watcher.socket.send("hello");
        await watcher.until(({ ids, closed }) => closed || seen.length + ids.length === rows.length, 30_000);
        if (watcher.closed) assert.equal(watcher.closed.code, 1013);
        assert.ok(watcher.ids.length * 500_000 <= 2 * PAGE_BYTES, `${watcher.ids.length} rows at once`);
        seen.push(...watcher.ids);
        watcher.terminate();
      }
      return seen;
    }
    for (const seen of await Promise.all(Array.from({ length: 16 }, comeBack))) assert.deepEqual(seen, rows);
  });
});
