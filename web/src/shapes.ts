// Models and sizes of pictures. Pure.
import type { Issue, Task } from "@taskwire/client";

/** Suggestions until the provider's list has loaded. A user can type any other model. */
export const MODELS = ["google/gemini-3.1-flash-image", "black-forest-labs/flux.2-pro"] as const;

export const SIZES = [
  { size: "1024x1024", label: "Square" },
  { size: "1536x1024", label: "Landscape" },
  { size: "1024x1536", label: "Portrait" },
] as const;

export const USUAL_SIZE: string = SIZES[0].size;

export const COUNT_LIMIT = 20;
export const PROMPT_LIMIT = 8192;

/** Checks a number of pictures. */
export function checkCount(count: number): Issue[] {
  const isGood = Number.isInteger(count) && count >= 1 && count <= COUNT_LIMIT;
  return isGood ? [] : [{ path: "count", message: `1 to ${COUNT_LIMIT}.` }];
}

/** Adds the size to a request and to its metadata. A task shows only its metadata, and its boxes need the size early. */
export function withSize<T extends object>(request: T, size: string): T & { size: string; metadata: { size: string } } {
  return { ...request, size, metadata: { size } };
}

export function sizeOf({ metadata }: Pick<Task, "metadata">): string | null {
  const { size } = metadata;
  return typeof size === "string" && /^[1-9]\d{0,4}x[1-9]\d{0,4}$/.test(size) ? size : null;
}

/** Width divided by height. A task without a size in its metadata gets squares. */
export function ratioOf(task: Pick<Task, "metadata">): number {
  const [width = 1, height = 1] = sizeOf(task)?.split("x").map(Number) ?? [];
  return Math.min(4, Math.max(0.25, width / height));
}
