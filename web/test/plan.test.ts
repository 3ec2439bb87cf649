// What a comparison is made of, and what is asked for again.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Image, Task } from "@taskwire/client";
import { linesOf, planFrom, planOf } from "../src/plan.ts";
import { retryOf } from "../src/retry.ts";
import { ratioOf, withSize } from "../src/shapes.ts";

function imageOf(status: Image["status"], position: number): Image {
  return {
    id: `row-${position}`,
    position,
    mynthTaskId: null,
    requestedModel: null,
    status,
    imageId: null,
    url: null,
    error: null,
  };
}

function taskOf(fields: Partial<Task>): Task {
  return {
    taskId: "tsk_1",
    mynthTaskId: "tsk_1",
    kind: "image.generate",
    userId: "ada",
    status: "completed",
    version: 2,
    prompt: "a fox",
    requestedModel: "m",
    model: "m",
    error: null,
    cost: null,
    metadata: {},
    createdAt: "2026-11-20T10:00:00.000Z",
    updatedAt: "2026-11-20T10:00:07.000Z",
    images: [],
    result: null,
    ...fields,
  };
}

test("each pair of a batch is its task, or why there is none", () => {
  const started = (taskId: string) => ({ taskId, task: taskOf({ taskId }) });
  const refused = { error: { code: "provider_refused", message: "No." } };
  const request = withSize({ prompts: ["a"], models: ["m", "n"], count: 2 }, "1536x1024");
  assert.deepEqual(planOf(request, { tasks: [started("tsk_1"), refused] }), {
    prompts: ["a"],
    models: ["m", "n"],
    pairs: ["tsk_1", { code: "provider_refused", message: "No." }],
    count: 2,
    size: "1536x1024",
  });
});

test("a batch that is known by its tasks alone has its prompts and models in their order, and gaps where there are any", () => {
  const tasks = [
    ["b", "m"],
    ["b", "n"],
    ["a", "n"],
  ].map(([prompt = "", requestedModel = ""], at) => taskOf({ taskId: `tsk_${at}`, prompt, requestedModel }));
  const { prompts, models, pairs } = planFrom(tasks);
  assert.deepEqual(
    [prompts, models, pairs],
    [
      ["b", "a"],
      ["m", "n"],
      ["tsk_0", "tsk_1", null, "tsk_2"],
    ],
  );
});

test("of a batch that is known by its tasks alone, a refused one is its reason, and what was asked of each is theirs", () => {
  const error = { code: "provider_rate_limited", message: "No." };
  const images = [imageOf("failed", 0), imageOf("failed", 1)];
  const refused = taskOf({ taskId: null, status: "failed", error, images, metadata: { size: "1536x1024" } });
  assert.deepEqual(planFrom([refused]), {
    prompts: ["a fox"],
    models: ["m"],
    pairs: [error],
    count: 2,
    size: "1536x1024",
  });
});

test("lines are values, and empty ones are nothing", () => {
  assert.deepEqual(linesOf(" a fox \n\n\tb\n"), ["a fox", "b"]);
});

test("what has failed is asked for again, with the size it had", () => {
  const images = [imageOf("success", 0), imageOf("failed", 1), imageOf("failed", 2)];
  assert.deepEqual(retryOf(taskOf({ images })), { prompt: "a fox", model: "m", count: 2 });
  const { size, metadata } = retryOf(taskOf({ images, metadata: { size: "1024x1536" } })) ?? {};
  assert.deepEqual([size, metadata], ["1024x1536", { size: "1024x1536" }]);
});

test("what has not failed, and what is no picture, is not asked for again", () => {
  const failed = [imageOf("failed", 0)];
  assert.equal(retryOf(taskOf({ images: [imageOf("success", 0)] })), null);
  assert.equal(retryOf(taskOf({ kind: "image.upscale", images: failed })), null);
  assert.equal(retryOf(taskOf({ prompt: null, images: failed })), null);
});

test("a box has the shape that was asked for, within reason, and is square where nobody says", () => {
  assert.equal(ratioOf({ metadata: { size: "1536x1024" } }), 1.5);
  assert.equal(ratioOf({ metadata: { size: "9000x10" } }), 4);
  for (const size of [undefined, null, 5, "landscape", "0x10", "10x0", "10x"])
    assert.equal(ratioOf({ metadata: { size } }), 1, String(size));
});
