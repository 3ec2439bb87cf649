/** What a caller's filter, or the sweep, looks at: so many rows at a time, however many there are. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";

const app = await startApp();
after(() => app.close());
const timeout = 60_000;

/** So many tasks of a user, a millisecond apart: only the oldest has failed. */
async function tasks(user: string, count: number): Promise<void> {
  await app.sql(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
     INSERT INTO tasks (id, user_id, mynth_task_id, kind, status, version, metadata, created_at, updated_at)
     SELECT printf('%012x', 1000 + i) || 'AAAAAAAAAAAAAAAA', '${user}', 'tsk_${user}_' || i, 'image.alt',
       CASE i WHEN 0 THEN 'failed' ELSE 'completed' END, 2, '{}', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' FROM n`,
  );
}

describe("a filtered list of tasks", { timeout }, () => {
  test("looks at a thousand rows for a page, and says where to go on where it has found none", async () => {
    const ada = await app.as("ada");
    await tasks("ada", 2500);
    const sizes: number[] = [];
    let cursor = "";
    do {
      const { tasks, nextCursor } = await ada.list(`?status=failed${cursor && `&cursor=${cursor}`}`);
      sizes.push(tasks.length);
      cursor = nextCursor ?? "";
    } while (cursor);
    assert.deepEqual(sizes, [0, 0, 1]);
  });

  test("has full pages, and each task once, where the filter matches", async () => {
    const eve = await app.as("eve");
    await tasks("eve", 1205);
    const ids: string[] = [];
    let cursor = "";
    do {
      const { tasks, nextCursor } = await eve.list(`?limit=100&kind=image.alt${cursor && `&cursor=${cursor}`}`);
      ids.push(...tasks.map(({ taskId }: any) => taskId));
      cursor = nextCursor ?? "";
    } while (cursor && ids.length < 2000);
    assert.deepEqual(
      ids,
      Array.from({ length: 1205 }, (_, i) => `tsk_eve_${1204 - i}`),
    );
  });

  test("has no next page where it has seen all", async () => {
    const bob = await app.as("bob");
    await tasks("bob", 999);
    assert.equal((await bob.list("?status=pending")).nextCursor, null);
  });
});

describe("the sweep", { timeout }, () => {
  test("looks at ten thousand idempotency keys, and the next one goes on from there", async () => {
    await app.sql(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 10499)
       INSERT INTO idempotency_keys (user_id, key, request, task_id, created_at)
       SELECT 'ada', printf('%05d', i), 'r', 't', CASE i WHEN 1000 THEN '2999' ELSE '2026-01-01T00:00:00.000Z' END FROM n`,
    );
    const left = async () => (await app.sql("SELECT count(*) AS count FROM idempotency_keys"))[0]?.count;
    await app.sweep();
    assert.equal(await left(), 501);
    await app.sweep();
    assert.deepEqual(await app.sql("SELECT key FROM idempotency_keys"), [{ key: "01000" }]);
    // It begins again after the last.
    await app.sql("INSERT INTO idempotency_keys VALUES ('ada', '0', 'r', 't', '2026-01-01T00:00:00.000Z')");
    await app.sweep();
    await app.sweep();
    assert.equal(await left(), 1);
  });
});
