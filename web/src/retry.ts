// What it takes to ask for a task again. Pure.
import type { GenerateRequest, Task } from "@taskwire/client";
import { sizeOf, withSize } from "./shapes.ts";

/** The request for those pictures of a task that have failed; null where nothing has, or where it was no picture. */
export function retryOf(task: Task): GenerateRequest | null {
  const { kind, prompt, requestedModel: model, images } = task;
  const failed = images.filter(({ status }) => status === "failed").length;
  if (kind !== "image.generate" || !prompt || !model || failed === 0) return null;
  const size = sizeOf(task);
  const request = { prompt, model, count: failed };
  return size === null ? request : withSize(request, size);
}
