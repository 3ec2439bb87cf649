/** `GET /content`: pages of rows, newest first, that miss none and repeat none. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Api, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { contentRow, eventOf, inventedChannelId, tell } from "./support/river.ts";

const app = await startApp();
after(() => app.close());
const timeout = 30_000;

/** Each test has users of its own: what is everyone's is in all their lists. */
let users = 0;
async function someone(): Promise<{ user: Api; name: string }> {
  users += 1;
  return { user: await app.as(`user ${users}`), name: `user ${users}` };
}

const START = Date.parse("2026-01-01T00:00:00.000Z");

/** Rows as the Worker would have written them, by user and by second; what comes later here came later there. */
async function place(rows: readonly [user: string | null, second: number][]): Promise<string[]> {
  const db = await app.worker.getD1Database("DB");
  const insert = db.prepare(
    "INSERT INTO ai_content (id, title, body, category, channel_id, user_id, created_at) VALUES (?, 'T', 'B', 'general', ?, ?, ?)",
  );
  const ids = rows.map(() => `cnt_${inventedChannelId().replaceAll("-", "").slice(0, 22)}`);
  const at = (second: number) => new Date(START + second * 1000).toISOString();
  await db.batch(rows.map(([user, second], i) => insert.bind(ids[i], inventedChannelId(), user, at(second))));
  return ids;
}

/** All pages, from the newest row on; how many rows each had. */
async function walk(
  user: Api,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<{ ids: string[]; sizes: number[] }> {
  const [ids, sizes]: [string[], number[]] = [[], []];
  let cursor: string | null = null;
  do {
    const answer = await user.call(
      `/content?limit=${limit}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(Object.keys(answer.body), ["content", "nextCursor"]);
    const page = answer.body.content.map(({ id }: any) => id);
    assert.ok(page.length <= limit);
    ids.push(...page);
    sizes.push(page.length);
    cursor = answer.body.nextCursor;
    await between();
  } while (cursor !== null && sizes.length < 500);
  return { ids, sizes };
}

describe("the list of rows", { timeout }, () => {
  test("is empty, and has no next page, for who has none", async () => {
    const { user } = await someone();
    await app.sql("DELETE FROM ai_content");
    assert.deepEqual((await user.call("/content")).body, { content: [], nextCursor: null });
  });

  test("has every row that its reader may see once, newest first, whatever the size of a page", async () => {
    const { user, name } = await someone();
    await app.sql("DELETE FROM ai_content");
    const owners = Array.from(
      { length: 45 },
      (_, i) => [name, null, "another"][(i * 7 + (i >> 2)) % 3] as string | null,
    );
    const ids = await place(owners.map((owner, i) => [owner, (i * 13) % 45]));
    const second = (id: string) => (ids.indexOf(id) * 13) % 45;
    const expected = ids.filter((_, i) => owners[i] !== "another").sort((a, b) => second(b) - second(a));
    assert.ok(expected.length > 20 && expected.length < 45);
    for (const limit of [1, 2, 7, expected.length, 100]) {
      assert.deepEqual((await walk(user, limit)).ids, expected, `${limit} a page`);
    }
    assert.deepEqual((await user.call("/content")).body.content.length, 20);
    const nobody = await someone();
    assert.deepEqual(
      (await walk(nobody.user, 4)).ids,
      expected.filter((id) => owners[ids.indexOf(id)] === null),
    );
  });

  test("goes on where it was also among rows of the same millisecond", async () => {
    const { user, name } = await someone();
    await app.sql("DELETE FROM ai_content");
    const ids = await place(Array.from({ length: 30 }, (_, i) => [i % 3 === 0 ? null : name, i < 4 ? 1 : 2]));
    // What came in last is shown first.
    const expected = [...ids].reverse();
    for (const limit of [1, 3, 10, 29, 30, 31])
      assert.deepEqual((await walk(user, limit)).ids, expected, `${limit} a page`);
  });

  test("misses none and repeats none while new rows come in", async () => {
    const { user, name } = await someone();
    await app.sql("DELETE FROM ai_content");
    const ids = await place(Array.from({ length: 25 }, (_, i) => [i % 2 === 0 ? null : name, i]));
    let coming = 0;
    const { ids: seen } = await walk(user, 4, async () => {
      await place([
        [name, 100 + coming],
        [null, 100 + coming],
      ]);
      coming += 1;
    });
    assert.deepEqual(seen, [...ids].reverse());
    assert.ok(coming > 5);
  });

  test("shows each row in its whole form, as it is shown by itself", async () => {
    const { user, name } = await someone();
    const channelId = inventedChannelId();
    await tell(
      app.base,
      eventOf(channelId, { title: "T", n: [1, null] }, { customer_data: { user_id: name, category: "c" } }),
    );
    const row = await contentRow(app, channelId);
    const [content] = (await user.call("/content?limit=1")).body.content;
    assert.deepEqual(content, {
      id: row.id,
      title: "T",
      body: "",
      category: "c",
      metadata: { user_id: name, category: "c" },
      data: { title: "T", n: [1, null] },
      channelId,
      eventName: "new_movie_suggestion",
      source: "modelriver",
      userId: name,
      callback: "none",
      createdAt: row.created_at,
    });
    assert.deepEqual((await user.call(`/content/${row.id}`)).body, { content });
    const { headers } = await user.call("/content?limit=1");
    assert.match(headers.get("cache-control") ?? "", /no-store/);
  });
});

describe("a list is asked for with care:", { timeout }, () => {
  test("one to a hundred rows, else a 422 that names the limit", async () => {
    const { user } = await someone();
    for (const limit of [1, 2, 99, 100]) assert.equal((await user.call(`/content?limit=${limit}`)).status, 200);
    for (const limit of ["0", "101", "-1", "1e2", "1.5", "", " ", "100x", "NaN", "99999999999999999999", "%31%30%31"]) {
      const answer = await user.call(`/content?limit=${limit}`);
      assertRefused(answer, 422, "validation_error", limit);
      assert.deepEqual(
        answer.body.error.issues.map(({ path }: any) => path),
        ["limit"],
        limit,
      );
    }
  });

  test("with a cursor from here, and nothing that is not known", async () => {
    const { user } = await someone();
    for (const [query, path] of [
      ["cursor=", "cursor"],
      ["cursor=a%20b", "cursor"],
      [`cursor=${"x".repeat(65)}`, "cursor"],
      ["cursor=%F0%9F%A6%8A", "cursor"],
      ["offset=5", "offset"],
      ["user_id=ada", "user_id"],
      ["status=completed", "status"],
    ]) {
      const answer = await user.call(`/content?${query}`);
      assertRefused(answer, 422, "validation_error", query);
      assert.deepEqual(
        answer.body.error.issues.map((issue: any) => issue.path),
        [path],
      );
    }
  });

  test("a cursor that was never given, or is another's row, shows nothing of theirs", async () => {
    const [{ user, name }, other] = [await someone(), await someone()];
    await app.sql("DELETE FROM ai_content");
    const [, theirs = ""] = await place([
      [name, 1],
      [other.name, 2],
      [other.name, 1],
    ]);
    for (const cursor of ["cnt_none", "'", "1/**/OR/**/1=1", theirs]) {
      const { status, body } = await user.call(`/content?cursor=${encodeURIComponent(cursor)}`);
      if (status === 422) continue;
      assert.equal(status, 200);
      assert.ok(body.content.every(({ userId }: any) => userId === name));
    }
  });
});
