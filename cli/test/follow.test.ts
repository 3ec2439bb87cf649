import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskwireError } from "../../client/src/error.ts";
import { atEnd, follow, pauseAfter, type Source } from "../src/follow.ts";
import type { Position } from "../src/state.ts";

/** Rows by number; a page looks at two of them, and shows those that the filter lets through. */
function rows(count: number, isShown: (n: number) => boolean = () => true) {
  let reads = 0;
  const source: Source<number> = {
    async page({ cursor }) {
      reads += 1;
      const from = Number(cursor ?? 0);
      const looked = [from + 1, from + 2].filter((n) => n <= count);
      return { items: looked.filter(isShown), nextCursor: String(looked.at(-1) ?? from) };
    },
    idOf: String,
    end: () => Promise.reject(new Error("nobody asks")),
  };
  return { source, reads: () => reads };
}

async function followed(source: Source<number>, position: Position, until: (seen: number[]) => boolean) {
  const stop = new AbortController();
  const seen: number[] = [];
  const saved: Position[] = [];
  const said: string[] = [];
  await follow({
    source,
    position,
    save: (reached) => saved.push(structuredClone(reached)),
    handle: async (item) => {
      seen.push(item);
      if (until(seen)) stop.abort();
      return true;
    },
    say: (text) => said.push(text),
    signal: stop.signal,
    intervalMs: 60_000,
  });
  return { seen, saved, said };
}

test("pages that a filter has emptied are gone through without a pause", async () => {
  const { source } = rows(9, (n) => n > 7);
  const { seen } = await followed(source, { cursor: null, done: [] }, ({ length }) => length === 2);
  assert.deepEqual(seen, [8, 9]);
});

test("the end is after the newest, however many pages are empty before it", async () => {
  const { source } = rows(9, (n) => n === 1 || n === 8);
  const position = await atEnd(source, 8);
  assert.deepEqual(position.done, ["8"]);
  const { seen } = await followed(rows(12, (n) => n === 8 || n > 10).source, position, ({ length }) => length === 2);
  assert.deepEqual(seen, [11, 12]);
});

test("the end of nothing is the beginning", async () => {
  const { source, reads } = rows(0);
  assert.deepEqual(await atEnd(source, undefined), { cursor: null, done: [] });
  assert.equal(reads(), 0);
});

test("after each one its place is saved, so that the next run knows what is done", async () => {
  const { saved } = await followed(rows(3).source, { cursor: null, done: [] }, ({ length }) => length === 3);
  assert.deepEqual(saved, [
    { cursor: null, done: ["1"] },
    { cursor: null, done: ["1", "2"] },
    { cursor: "2", done: [] },
    { cursor: "2", done: ["3"] },
    { cursor: "3", done: [] },
  ]);
});

test("what was there before is skipped, wherever it stands", async () => {
  const { source } = rows(5);
  const isKnown: Source<number>["isKnown"] = (item, { after }) => item <= Number(after);
  const { seen } = await followed(
    { ...source, isKnown },
    { cursor: null, after: "3", done: [] },
    ({ length }) => length === 2,
  );
  assert.deepEqual(seen, [4, 5]);
});

test("what no repetition can change ends it", async () => {
  const source = { ...rows(1).source, page: () => Promise.reject(new TaskwireError(403, "forbidden", "No.")) };
  await assert.rejects(
    followed(source, { cursor: null, done: [] }, () => true),
    /No\./,
  );
});

test("pauses double up to half a minute", () => {
  assert.deepEqual([1, 2, 3, 5, 6, 99].map(pauseAfter), [1000, 2000, 4000, 16_000, 30_000, 30_000]);
});
