// Narrowing a task to its kind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isKind } from "../src/index.ts";
import { taskAt } from "./fixtures.ts";

test("isKind tells the kinds apart, and gives the result its type", () => {
  const task = taskAt(2, { kind: "image.rate", status: "completed", result: { level: "sfw" } });
  assert.ok(!isKind(task, "image.alt"));
  assert.ok(isKind(task, "image.rate"));
  const level: string | undefined = task.result?.level;
  assert.equal(level, "sfw");
});
