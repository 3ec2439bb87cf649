// Models to try, and the text of an input.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXAMPLES, inputFor, RUNNERS, readInput } from "../src/examples.ts";

test("each example is found by its provider and its model, and is an input as it stands", () => {
  for (const { provider, model, input } of EXAMPLES) {
    assert.ok(RUNNERS.includes(provider));
    assert.deepEqual(readInput(inputFor(provider, model)), { input });
  }
});

test("another model begins with an example of its provider, and another provider with nothing", () => {
  assert.deepEqual(readInput(inputFor("fal", "fal-ai/other")), {
    input: EXAMPLES.find(({ provider }) => provider === "fal")?.input,
  });
  assert.deepEqual(readInput(inputFor("nobody", "a/b")), { input: {} });
});

test("a text that is no object says so", () => {
  for (const text of ["", "{", "[]", "7", "null", '"x"']) {
    const read = readInput(text);
    assert.ok("problem" in read && read.problem.startsWith("The input "), text);
  }
});
