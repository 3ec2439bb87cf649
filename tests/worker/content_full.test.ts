/** The alarm that closes a content socket which has got enough was pushed out by every other one. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";
import { watchContent } from "./support/river_watcher.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
/** A full socket is closed after a quarter of a second. */
const CLOSED_MS = 4000;

describe("a content socket that has got enough", { timeout: 60_000 }, () => {
  test("was silent and open for as long as others came", async () => {
    const channelId = inventedChannelId();
    await tell(app.base, eventOf(channelId, {}, { customer_data: { user_id: "ada" } }));
    const { id } = await contentRow(app, channelId);
    // One page of them is more than is sent at once.
    await app.sql(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 49)
       INSERT INTO ai_content (id, title, body, category, channel_id, created_at)
       SELECT 'cnt_' || i, 'T', replace(hex(zeroblob(85000)), '0', 'x'), 'g', 'c' || i, '2026-01-02T00:00:00.000Z' FROM n`,
    );
    const open = async () => {
      const watcher = await watchContent(ada, `?after=${id}`);
      // The runtime ends the connection of a client that has never said a word ten seconds late.
      watcher.socket.send("hello");
      return watcher;
    };
    const first = await open();
    const others: Awaited<ReturnType<typeof open>>[] = [];
    const until = Date.now() + CLOSED_MS;
    const comeAndCome = async () => {
      while (!first.closed && Date.now() < until) others.push(await open());
    };
    await Promise.all([comeAndCome(), comeAndCome(), comeAndCome()]);
    assert.ok(others.length > 3, `${others.length} others`);
    assert.equal(first.closed?.code, 1013, `still open, after ${others.length} others came`);
    await Promise.all(others.map((other) => other.until(({ closed }) => closed)));
    assert.deepEqual(new Set(others.map(({ closed }) => closed?.code)), new Set([1013]));
  });
});
