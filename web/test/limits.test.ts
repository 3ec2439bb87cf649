/** What is left of the limits, in words; sums of money without a rounding error. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { costOf, leftOf, sumOf } from "../src/limits.ts";

const NOW = Date.parse("2026-11-26T10:00:00.000Z");
const soon = "2026-11-26T10:00:30.000Z";
const later = "2026-11-27T00:00:00.000Z";
const none = { starts: null, running: null, budget: null };
const budget = (left: string) => ({ amount: "2.00", spent: "0.00", reserved: "0.00", left, resetsAt: later });

test("nothing is said where nothing is limited, or while it loads", () => {
  for (const usage of [undefined, none])
    assert.deepEqual(leftOf(usage, NOW), { text: null, isLow: false, blocked: null });
});

test("what is left is said quietly, and clearly when it is nearly over", () => {
  const plenty = leftOf(
    { starts: { limit: 10, left: 8, resetsAt: soon }, running: { limit: 5, now: 1 }, budget: budget("1.97") },
    NOW,
  );
  assert.deepEqual(plenty, {
    text: "8 of 10 starts left · 1.97 of 2 left · 1 of 5 running",
    isLow: false,
    blocked: null,
  });
  assert.equal(leftOf({ ...none, starts: { limit: 10, left: 2, resetsAt: soon } }, NOW).isLow, true);
  assert.equal(leftOf({ ...none, budget: budget("0.40") }, NOW).isLow, true);
  assert.equal(leftOf({ ...none, budget: budget("0.41") }, NOW).isLow, false);
});

test("when nothing can be started, the button says when it can", () => {
  const over = { ...none, starts: { limit: 10, left: 0, resetsAt: soon } };
  assert.equal(leftOf(over, NOW).blocked, "Again in 30 s");
  assert.equal(leftOf(over, Date.parse(soon)).blocked, null, "the next window has begun");
  assert.equal(leftOf({ ...over, budget: budget("0.00") }, NOW).blocked, "Again in 14 h 00 min");
  assert.equal(leftOf({ ...none, running: { limit: 2, now: 2 } }, NOW).blocked, "Wait for one to end");
});

test("decimals add up to the last digit", () => {
  assert.equal(sumOf(["0.1", "0.2"]), "0.3");
  assert.equal(sumOf(Array.from({ length: 3 }, () => "0.0125")), "0.0375");
  assert.equal(sumOf(["1", "0.05000000", "2.95"]), "4");
  assert.equal(sumOf([]), "0");
});

test("an estimate is read in either case, and nothing else is taken for one", () => {
  assert.equal(costOf({ estimatedCost: "0.05" }), "0.05");
  assert.equal(costOf({ estimated_cost: "0.05000000" }), "0.05000000");
  for (const odd of [{}, { estimatedCost: 5 }, { estimatedCost: "-1" }, { estimatedCost: "free" }])
    assert.equal(costOf(odd), null);
});
