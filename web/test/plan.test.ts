// The plan of a comparison, and retries.

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
    provider: "mynth",
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
    outputs: [],
    result: null,
    ...fields,
  };
}

test("each pair of a batch is a task, or the reason why there is none", () => {
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

test("a plan from tasks has their prompts and models in order, with gaps", () => {
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

test("a plan from tasks has the error of a refused task, and the count and size of the first", () => {
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

test("empty lines are left out", () => {
  assert.deepEqual(linesOf(" a fox \n\n\tb\n"), ["a fox", "b"]);
});

test("a retry asks for the failed pictures, in the same size", () => {
  const images = [imageOf("success", 0), imageOf("failed", 1), imageOf("failed", 2)];
  assert.deepEqual(retryOf(taskOf({ images })), { prompt: "a fox", model: "m", count: 2 });
  const { size, metadata } = retryOf(taskOf({ images, metadata: { size: "1024x1536" } })) ?? {};
  assert.deepEqual([size, metadata], ["1024x1536", { size: "1024x1536" }]);
});

test("there is no retry without failed pictures", () => {
  const failed = [imageOf("failed", 0)];
  assert.equal(retryOf(taskOf({ images: [imageOf("success", 0)] })), null);
  assert.equal(retryOf(taskOf({ kind: "image.upscale", images: failed })), null);
  assert.equal(retryOf(taskOf({ prompt: null, images: failed })), null);
});

test("a box has the requested shape, within limits, and is a square without one", () => {
  assert.equal(ratioOf({ metadata: { size: "1536x1024" } }), 1.5);
  assert.equal(ratioOf({ metadata: { size: "9000x10" } }), 4);
  for (const size of [undefined, null, 5, "landscape", "0x10", "10x0", "10x"])
    assert.equal(ratioOf({ metadata: { size } }), 1, String(size));
});
