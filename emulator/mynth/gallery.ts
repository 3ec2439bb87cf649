/**
 * The pictures by image id: how large, what each is drawn from, and the PNG bytes once drawn.
 *
 * A picture is drawn when it is first looked at, so that starting thousands of tasks costs nothing.
 */

import { PNG } from "pngjs";
import { dropOldest } from "../bounded.ts";
import { drawPicture } from "./pictures.ts";

/** What a screen shows; larger requests are drawn smaller, in their own proportion. */
const LONGEST_SIDE = 768;
const USUAL_SIDE = 512;
const SHORTEST_SIDE = 16;
const KEPT_PLANS = 100_000;
/** Some 100 KB each. */
const KEPT_BYTES = 200;

interface Plan {
  seed: string;
  width: number;
  height: number;
}

const WORDS: Record<string, [number, number]> = {
  square: [512, 512],
  portrait: [512, 768],
  landscape: [768, 512],
};

/**
 * A plan for an id of an earlier run. The Worker's rows outlive the emulator, and their pictures
 * should not break: another picture than it was, but a picture.
 */
function planOfOld(imageId: string): Plan | undefined {
  if (!/^[a-z]+_[0-9A-HJKMNP-TV-Z]{26}$/.test(imageId)) return undefined;
  // Ids made together begin alike: one subject.
  const seed = `${imageId.slice(0, 12)}\n${imageId}`;
  return { seed, width: USUAL_SIDE, height: USUAL_SIDE };
}

export class Gallery {
  readonly #plans = new Map<string, Plan>();
  readonly #drawn = new Map<string, Buffer>();

  /** Pixels for a request's `size`: "1024x768", a known word, or anything else. */
  measure(size: unknown): { width: number; height: number } {
    const text = typeof size === "string" ? size.trim().toLowerCase() : "";
    const digits = /^(\d{1,5})\s*[x×]\s*(\d{1,5})$/.exec(text);
    const asked = digits
      ? [Number(digits[1]), Number(digits[2])]
      : Object.hasOwn(WORDS, text)
        ? WORDS[text]
        : undefined;
    const [width = USUAL_SIDE, height = USUAL_SIDE] = asked ?? [];
    if (width === 0 || height === 0) return { width: USUAL_SIDE, height: USUAL_SIDE };
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    const side = (length: number) => Math.max(SHORTEST_SIDE, Math.round(length * scale));
    return { width: side(width), height: side(height) };
  }

  hang(imageId: string, seed: string, width: number, height: number): void {
    this.#plans.set(imageId, { seed, width, height });
    dropOldest(this.#plans, KEPT_PLANS);
  }

  /** PNG bytes, or undefined for what is no id of ours. */
  look(imageId: string): Buffer | undefined {
    const kept = this.#drawn.get(imageId);
    const plan = this.#plans.get(imageId) ?? planOfOld(imageId);
    if (kept || !plan) return kept;
    const { width, height } = plan;
    const data = drawPicture(plan.seed, width, height);
    // Fast rather than small: one fixed filter, light compression, no alpha.
    const bytes = PNG.sync.write({ width, height, data }, { colorType: 2, filterType: 1, deflateLevel: 3 });
    this.#drawn.set(imageId, bytes);
    dropOldest(this.#drawn, KEPT_BYTES);
    return bytes;
  }
}
