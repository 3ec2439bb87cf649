/**
 * What callers ask for: the body of each start, in which every task names its slot, so that it can
 * be recognized in the provider's book.
 */

import type { Task } from "../emulator/emulator.ts";
import type { Kind } from "../emulator/mynth/kinds.ts";
import type { Start } from "./steps.ts";
import { Order, Wish } from "./truth.ts";

const model = (offset: number) => `m/${offset}`;
const prompt = (slot: number, user: string, word: string) => `slot ${slot} of ${user} ${word}`;
const picture = (slot: number, user: string, word: string) =>
  `https://pictures.example/slot-${slot}-of-${user}${word}.png`;

/** The smallest request for a task of this kind. */
function requestOf(kind: Kind, slot: number, count: number, user: string, word: string): object {
  switch (kind) {
    case "image.generate":
      return { prompt: prompt(slot, user, word), model: model(0), count };
    case "video.generate":
      return { prompt: prompt(slot, user, word), model: model(0) };
    case "image.upscale":
      return { url: picture(slot, user, word), size: "2x", effort: "low" };
    default:
      return { url: picture(slot, user, word) };
  }
}

/** The request that a step stands for, with a wish for each of its tasks. */
export function orderOf(step: Start, user: string, now: number): Order {
  const { slot } = step;
  const key = step.keyed ? `${user}-${slot}` : null;
  switch (step.do) {
    case "start": {
      const order = new Order("/generate", requestOf("image.generate", slot, step.count, user, step.word), key, now);
      new Wish(slot, order, "image.generate", step.count);
      return order;
    }
    case "kind": {
      const { kind, word } = step;
      const order = new Order("/tasks", { kind, request: requestOf(kind, slot, 1, user, word) }, key, now);
      new Wish(slot, order, kind, kind === "image.generate" ? 1 : 0);
      return order;
    }
    case "batch": {
      const { words, models, count } = step;
      const prompts = words.map((word, i) => prompt(slot + i * models, user, word));
      const body = { prompts, models: Array.from({ length: models }, (_, i) => model(i)), count };
      const order = new Order("/generate/batch", body, key, now);
      for (let i = 0; i < words.length * models; i++) new Wish(slot + i, order, "image.generate", count);
      return order;
    }
  }
}

/** The slot that the provider's task was started for; undefined if it is not this user's. */
export function slotOf({ request }: Task, user: string): number | undefined {
  const slot = /slot[ -](\d+)/.exec(request.prompt)?.[1];
  if (slot === undefined || !request.prompt.includes(user)) return undefined;
  const offset = /^m\/(\d+)$/.exec(request.model ?? "")?.[1] ?? 0;
  return Number(slot) + Number(offset);
}
