// The request that retries a task. Pure.
import type { GenerateRequest, Task } from "@taskwire/client";
import { sizeOf, withSize } from "./shapes.ts";

/** Asks for the pictures of a task that failed. Null if none failed, or if the task makes no pictures. */
export function retryOf(task: Task): GenerateRequest | null {
  const { kind, prompt, requestedModel: model, images } = task;
  const failed = images.filter(({ status }) => status === "failed").length;
  if (kind !== "image.generate" || !prompt || !model || failed === 0) return null;
  const size = sizeOf(task);
  const request = { prompt, model, count: failed };
  return size === null ? request : withSize(request, size);
}
