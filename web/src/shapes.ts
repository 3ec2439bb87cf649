// What can be asked for in a picture: models and sizes. Pure.
import type { Issue, Task } from "@taskwire/client";

/** What stands in for the provider's list while that is not here. Any other model may be written. */
export const MODELS = ["google/gemini-3.1-flash-image", "black-forest-labs/flux.2-pro"] as const;

export const SIZES = [
  { size: "1024x1024", label: "Square" },
  { size: "1536x1024", label: "Landscape" },
  { size: "1024x1536", label: "Portrait" },
] as const;

export const USUAL_SIZE: string = SIZES[0].size;

export const COUNT_LIMIT = 20;
export const PROMPT_LIMIT = 8192;

/** What is wrong with a number of pictures. */
export function checkCount(count: number): Issue[] {
  const isGood = Number.isInteger(count) && count >= 1 && count <= COUNT_LIMIT;
  return isGood ? [] : [{ path: "count", message: `1 to ${COUNT_LIMIT}.` }];
}

/** A request with its size in the metadata too: a task does not say it otherwise, and its boxes need it before there is a picture. */
export function withSize<T extends object>(request: T, size: string): T & { size: string; metadata: { size: string } } {
  return { ...request, size, metadata: { size } };
}

export function sizeOf({ metadata }: Pick<Task, "metadata">): string | null {
  const { size } = metadata;
  return typeof size === "string" && /^[1-9]\d{0,4}x[1-9]\d{0,4}$/.test(size) ? size : null;
}

/** Width by height; a task of another page's making has squares. */
export function ratioOf(task: Pick<Task, "metadata">): number {
  const [width = 1, height = 1] = sizeOf(task)?.split("x").map(Number) ?? [];
  return Math.min(4, Math.max(0.25, width / height));
}
