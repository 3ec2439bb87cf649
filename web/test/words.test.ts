// Codes, times and numbers as text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { codeInWords, day, decimal, duration, keyOf, titleOf } from "../src/words.ts";

test("a code reads as words, whatever its case", () => {
  for (const code of ["CONTENT_POLICY", "content_policy", "content-policy"])
    assert.equal(codeInWords(code), "Content policy");
});

test("a longer duration has coarser units, and none is negative", () => {
  const cases: [number, string][] = [
    [-5, "0 s"],
    [7_900, "7 s"],
    [65_000, "1 min 05 s"],
    [7_800_000, "2 h 10 min"],
  ];
  for (const [milliseconds, words] of cases) assert.equal(duration(milliseconds), words);
});

test("a cost has no trailing zeros", () => {
  for (const [text, words] of [
    ["0.05000000", "0.05"],
    ["3.00", "3"],
    ["30", "30"],
  ] as const)
    assert.equal(decimal(text), words);
});

test("a day is today, yesterday, or its date", () => {
  const now = new Date(2026, 10, 21, 9);
  const at = (date: number, hour: number) => new Date(2026, 10, date, hour).toISOString();
  assert.equal(day(at(21, 0), now), "Today");
  assert.equal(day(at(20, 23), now), "Yesterday");
  assert.match(day(at(19, 12), now), /19/);
});

test("the title of a task is its prompt, or its kind", () => {
  assert.equal(titleOf({ prompt: "A fox", kind: "image.generate" }), "A fox");
  assert.equal(titleOf({ prompt: null, kind: "image.remove_background" }), "Image remove background");
});

test("the key of a task without an id is its row's", () => {
  assert.equal(keyOf({ taskId: null, images: [{ id: "row-1" }], createdAt: "" }), "row-1");
});
