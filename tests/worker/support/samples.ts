/** Good requests, one of each, and the ways in which a provider refuses. */

import type { Instead } from "./proxy.ts";
import { aiRequest } from "./river.ts";

const url = "https://pictures.example/fox.png";
const image = { prompt: "a fox", model: "m/x" };

/** With every field that a request for an image can have. */
export const WHOLE = {
  ...image,
  count: 2,
  size: { width: 512, height: 512 },
  negative_prompt: "",
  magic_prompt: true,
  output: { format: "png" },
  inputs: [],
  rating: true,
  access: { pat: { enabled: true } },
  metadata: { mine: 1 },
};

/** A request for each kind of task. */
export const KINDS = {
  "image.generate": image,
  "image.rate": { url, mode: "strict" },
  "image.alt": { url },
  "image.review": { url, effort: "high" },
  "image.remove_background": { url, access: true },
  "image.upscale": { url, size: "4x", effort: "high" },
  "video.generate": { ...image, duration: 4, resolution: "720p", audio: true, inputs: [{ url }] },
};

/** A body for each operation that starts something, or estimates its cost. */
export const BODIES: Record<string, object> = {
  "POST /generate": image,
  "POST /generate/batch": { prompts: ["a fox", "a hare [refuse-402]"], models: ["m/x"] },
  "POST /estimate": image,
  "POST /tasks": { kind: "image.rate", request: { url } },
  "POST /ai": aiRequest(),
};

/** Different bodies, which conflict under the same key. */
export const OTHER_BODIES: Record<string, object> = {
  "POST /generate": WHOLE,
  "POST /generate/batch": { prompts: ["a fox"], models: ["m/y"] },
  "POST /tasks": { kind: "image.alt", request: { url } },
  "POST /ai": aiRequest("another film"),
};

/** How a provider refuses or does not answer, by the resulting code. */
export const PROVIDER_REFUSALS: Record<string, Instead | "hang"> = {
  provider_rate_limited: { status: 429 },
  provider_unauthorized: { status: 401 },
  provider_refused: { status: 404 },
  provider_unavailable: { status: 500 },
  provider_invalid_response: { status: 200, body: "<h1>Welcome</h1>" },
  insufficient_balance: { status: 402 },
  spending_limit_exceeded: { status: 402, body: JSON.stringify({ error: { code: "spending_limit_exceeded" } }) },
  provider_timeout: "hang",
};
