/** The log as operators read it: every filter, every wrong one, and pages without gaps. */

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import { get, logged, OPERATOR_VARS, operate } from "./support/operator.ts";

const timeout = 60_000;
const app = await startApp({ vars: OPERATOR_VARS });
after(() => app.close());

const ids = (page: any): string[] => page.deliveries.map(({ id }: any) => id);

describe("the log of deliveries", { timeout }, () => {
  beforeEach(() => app.sql("DELETE FROM deliveries"));

  test("is empty before the first, and whoever follows has a cursor all the same", async () => {
    assert.deepEqual(await get(app, "/admin/deliveries"), { deliveries: [], nextCursor: null });
    const { deliveries, nextCursor } = await get(app, "/admin/deliveries?order=oldest");
    assert.deepEqual(deliveries, []);
    const id = await logged(app);
    assert.deepEqual(ids(await get(app, `/admin/deliveries?order=oldest&cursor=${nextCursor}`)), [id]);
  });

  test("has what came in, newest first, and each of it with its body", async () => {
    const ada = await app.as("ada");
    const { taskId } = await ada.start();
    await app.emulator.deliver(taskId);
    await eventually(async () => (await get(app, "/admin/deliveries")).deliveries.length === 1, 10_000, "a row");
    const {
      deliveries: [row],
    } = await get(app, "/admin/deliveries");
    assert.deepEqual(
      [row.provider, row.taskId, row.verdict, row.status, row.reason, typeof row.id],
      ["mynth", taskId, "applied", 200, null, "string"],
    );
    const { delivery } = await get(app, `/admin/deliveries/${row.id}`);
    const { body, isComplete, settled, ...own } = delivery;
    assert.deepEqual(own, row);
    assert.equal(JSON.parse(body).data.id, taskId);
    assert.equal(Buffer.byteLength(body), row.bytes);
    assert.deepEqual([isComplete, settled.kind, settled.status], [true, "image.generate", "completed"]);
    for (const none of ["0", "01", "-1", "1e3", "x", "9".repeat(30), `${row.id}0`]) {
      assertRefused(await operate(app, `/admin/deliveries/${none}`), 404, "not_found", none);
    }
  });

  test("is filtered by task, verdict, provider and time, in either order", async () => {
    const at = (minute: number) => `2026-11-20T10:${String(minute).padStart(2, "0")}:00.000Z`;
    const [a, b, c, d] = [
      await logged(app, { at: at(1), task_id: "t1" }),
      await logged(app, { at: at(2), task_id: "t1", verdict: "stale" }),
      await logged(app, { at: at(3), task_id: "t2", verdict: "failed", provider: "fal" }),
      await logged(app, { at: at(4), task_id: null, verdict: "bad_signature" }),
    ];
    for (const [query, expected] of [
      ["", [d, c, b, a]],
      ["?task=t1", [b, a]],
      ["?verdict=stale,failed", [c, b]],
      ["?verdict=applied,failed", [c, a]],
      ["?provider=fal", [c]],
      [`?since=${at(3)}`, [d, c]],
      ["?since=2026-11-20T11:03:00%2B01:00", [d, c]],
      ["?task=t1&verdict=stale", [b]],
      ["?task=t2&provider=mynth", []],
      ["?limit=2", [d, c]],
    ] as [string, string[]][]) {
      assert.deepEqual(ids(await get(app, `/admin/deliveries${query}`)), expected, query);
      if (query.includes("limit")) continue;
      const oldest = await get(app, `/admin/deliveries${query}${query ? "&" : "?"}order=oldest`);
      assert.deepEqual(ids(oldest), [...expected].reverse(), query);
      assert.ok(oldest.nextCursor);
    }
  });

  test("refuses every wrong filter by its name", async () => {
    for (const [name, value] of [
      ["limit", "0"],
      ["limit", "101"],
      ["limit", "x"],
      ["verdict", "good"],
      ["verdict", ""],
      ["provider", "nobody"],
      ["since", "yesterday"],
      ["order", "random"],
      ["task", "a%20b"],
      ["cursor", "1"],
      ["cursor", "1.0000000000000000"],
      ["colour", "red"],
      ["ticket", "x"],
    ]) {
      const answer = await operate(app, `/admin/deliveries?${name}=${value}`);
      assertRefused(answer, 422, "validation_error", `${name}=${value}`);
      assert.deepEqual(
        answer.body.error.issues.map(({ path }: any) => path),
        [name],
      );
    }
  });

  test("refuses the cursor of another query", async () => {
    for (let i = 0; i < 3; i++) await logged(app, { verdict: "stale" });
    const { nextCursor } = await get(app, "/admin/deliveries?limit=1&verdict=stale");
    assert.equal(ids(await get(app, `/admin/deliveries?limit=2&verdict=stale&cursor=${nextCursor}`)).length, 2);
    for (const other of ["", "verdict=failed&", "verdict=stale&order=oldest&", "verdict=stale&task=t&"]) {
      const answer = await operate(app, `/admin/deliveries?${other}cursor=${nextCursor}`);
      assertRefused(answer, 422, "validation_error", other);
      assert.equal(answer.body.error.issues[0].path, "cursor");
    }
  });

  test("has no gap and no row twice while rows are added", async () => {
    const first: string[] = [];
    for (let i = 0; i < 25; i++) first.push(await logged(app, { task_id: i % 2 ? "t1" : "t2" }));
    for (const filter of ["", "&task=t1"]) {
      const seen: string[] = [];
      let cursor = "";
      do {
        const page = await get(app, `/admin/deliveries?limit=4${filter}${cursor && `&cursor=${cursor}`}`);
        seen.push(...ids(page));
        await logged(app, { task_id: "t1" });
        cursor = page.nextCursor;
      } while (cursor);
      const expected = first.filter((_, i) => !filter || i % 2).reverse();
      assert.deepEqual(
        seen.filter((id) => first.includes(id)),
        expected,
      );
      assert.equal(new Set(seen).size, seen.length);
    }
  });

  test("is followed from the oldest on, and every row that is added comes once", async () => {
    const added: string[] = [];
    const seen: string[] = [];
    let { nextCursor: cursor } = await get(app, "/admin/deliveries?order=oldest");
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < round; i++) added.push(await logged(app));
      const page = await get(app, `/admin/deliveries?order=oldest&limit=3&cursor=${cursor}`);
      seen.push(...ids(page));
      cursor = page.nextCursor;
      assert.ok(cursor);
    }
    while (seen.length < added.length) {
      const page = await get(app, `/admin/deliveries?order=oldest&limit=3&cursor=${cursor}`);
      assert.ok(page.deliveries.length > 0, `${seen.length} of ${added.length}`);
      seen.push(...ids(page));
      cursor = page.nextCursor;
    }
    assert.deepEqual(seen, added);
    const end = await get(app, `/admin/deliveries?order=oldest&limit=3&cursor=${cursor}`);
    assert.deepEqual([end.deliveries, end.nextCursor], [[], cursor]);
  });
});
