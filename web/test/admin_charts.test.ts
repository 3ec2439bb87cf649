// The geometry of the operator's charts.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimelineEntry } from "@taskwire/client/admin";
import { hoursOf, onLog, ticksOf } from "../src/admin/chart.ts";
import { draw, titleOfEntry } from "../src/admin/timeline.ts";

test("there is a bar for each hour, also for one without a delivery, and a part for each tone", () => {
  const hours = hoursOf({
    since: "2026-11-25T10:30:00.000Z",
    until: "2026-11-25T13:10:00.000Z",
    hours: [{ at: "2026-11-25T11:00:00.000Z", verdicts: { applied: 3, stale: 1, noted: 2, failed: 1, polled: 1 } }],
  });
  assert.deepEqual(
    hours.map(({ at, total }) => [at.slice(11, 13), total]),
    [
      ["10", 0],
      ["11", 8],
      ["12", 0],
      ["13", 0],
    ],
  );
  assert.deepEqual(hours[1]?.tones, { good: 3, calm: 3, warm: 1, bad: 1 });
});

test("a long time has its last two days", () => {
  assert.equal(hoursOf({ since: "2026-01-01T00:00:00Z", until: "2026-11-25T13:10:00Z", hours: [] }).length, 48);
});

test("an axis has round steps, and reaches over the highest bar", () => {
  for (const most of [1, 3, 7, 42, 99, 100, 1234, 98_765]) {
    const ticks = ticksOf(most);
    assert.ok((ticks.at(-1) ?? 0) >= most && ticks.length >= 2 && ticks.length <= 5, `${most}: ${ticks}`);
    assert.ok(ticks.every((tick) => Number.isInteger(tick)));
  }
  assert.deepEqual(ticksOf(0), [0, 1]);
});

test("on a logarithmic scale each tenfold is as far as the next, and nothing is outside", () => {
  assert.deepEqual(
    [1, 10, 100, 1000].map((ms) => onLog(ms, 1, 1000).toFixed(2)),
    ["0.00", "0.33", "0.67", "1.00"],
  );
  assert.deepEqual([onLog(0, 1, 1000), onLog(1e9, 1, 1000), onLog(5, 1, 1)], [0, 1, 0]);
});

const at = (ms: number, what: string, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  at: new Date(1_795_168_800_000 + ms).toISOString(),
  what,
  detail: "",
  ...more,
});

test("moments are drawn in their order from side to side, each on its lane, with the gaps between them", () => {
  const timeline = [
    at(0, "created"),
    at(300, "accepted"),
    at(7_300, "delivery", { verdict: "applied" }),
    at(7_300, "ended"),
    at(3_607_300, "event", { state: "failed" }),
  ];
  const { marks, gaps } = draw(timeline, false, [10, 510]);
  const xs = marks.map(({ x }) => x);
  assert.equal(xs[0], 10);
  assert.ok(Math.abs((xs.at(-1) ?? 0) - 510) < 1e-6);
  assert.deepEqual(
    xs,
    xs.toSorted((a, b) => a - b),
  );
  assert.deepEqual(
    marks.map(({ lane, tone }) => `${lane} ${tone}`),
    ["0 calm", "0 calm", "1 good", "0 good", "2 bad"],
  );
  assert.deepEqual(
    gaps.map(({ ms }) => ms),
    [300, 7_000, 3_600_000],
  );
  // An hour is wider than 300 ms, and leaves room for it.
  assert.ok((gaps[2]?.width ?? 0) > (gaps[0]?.width ?? 0) && (gaps[0]?.width ?? 0) > 50);
});

test("one moment, or several at once, stand at the beginning", () => {
  const { marks, gaps } = draw([at(0, "created"), at(0, "ended")], true, [10, 510]);
  assert.deepEqual([marks.map(({ x }) => x), gaps], [[10, 10], []]);
  assert.equal(marks[1]?.tone, "bad");
});

test("a moment is named by what it is and what became of it", () => {
  assert.equal(titleOfEntry(at(0, "delivery", { verdict: "bad_signature" })), "Webhook, bad signature");
  assert.equal(titleOfEntry(at(0, "event", { state: "waiting" })), "Event out, waiting");
  assert.equal(titleOfEntry(at(0, "of_tomorrow")), "Of tomorrow");
});
