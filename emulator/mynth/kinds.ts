/**
 * What the provider can do: its kinds of task, the path that starts each, and what each costs.
 *
 * Pure. What a kind takes is the validation's business, what it returns the results'.
 */

export const KINDS = [
  "image.generate",
  "image.rate",
  "image.alt",
  "image.review",
  "image.remove_background",
  "image.upscale",
  "video.generate",
] as const;

export type Kind = (typeof KINDS)[number];

export const PATHS: Readonly<Record<Kind, string>> = {
  "image.generate": "/image/generate",
  "image.rate": "/image/rate",
  "image.alt": "/image/alt",
  "image.review": "/image/review",
  "image.remove_background": "/image/remove-background",
  "image.upscale": "/image/upscale",
  "video.generate": "/video/generate",
};

/** In the provider's currency, for one picture or one task. */
export const PRICES: Readonly<Record<Kind, number>> = {
  // An image's own cost is its price, 0.01, and a fee.
  "image.generate": 0.0125,
  "image.rate": 0.001,
  "image.alt": 0.001,
  "image.review": 0.004,
  "image.remove_background": 0.005,
  "image.upscale": 0.01,
  "video.generate": 0.25,
};

/** The pictures that a task of this kind makes. A video's is its first frame. */
export function picturesOf(kind: Kind, count = 1): number {
  if (kind === "image.generate") return count;
  return kind === "image.remove_background" || kind === "image.upscale" || kind === "video.generate" ? 1 : 0;
}

/** What a task is expected to cost before it is started. */
export function estimatedCost(kind: Kind, count = 1): number {
  return PRICES[kind] * Math.max(1, picturesOf(kind, count));
}
