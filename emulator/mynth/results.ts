/**
 * What a completed task returns, by its kind, in each wire generation. Pure: a task in, JSON out.
 *
 * What is said of a picture is made up from its address, the same each time.
 */

import { createHash } from "node:crypto";
import type { Json } from "../json.ts";
import { cased, code, isEarly, money } from "./case.ts";
import type { Generation } from "./generation.ts";
import { PRICES } from "./kinds.ts";
import type { Task, TaskImage } from "./tasks.ts";

const IMAGE_PRICE = 0.01;

function imageError(generation: Generation): unknown {
  if (isEarly(generation)) return "The image could not be generated.";
  return { code: code(generation, "generation_failed") };
}

function image(generation: Generation, task: Task, each: TaskImage, base: string): Json {
  if (!each.ok) return { status: "failed", error: imageError(generation) };
  const url = `${base}/images/${each.id}.png`;
  return cased(generation, {
    status: isEarly(generation) ? "succeeded" : "success",
    id: each.id,
    url: each.hosted ? url : null,
    ...(each.hosted ? {} : { mynthUrl: url }),
    ...(isEarly(generation) ? {} : { size: each.size, format: "png" }),
    cost: money(PRICES[task.kind]),
  });
}

function successes(task: Task): number {
  return task.images.filter((each) => each.ok).length;
}

export function totalCost(task: Task): string {
  const units = task.kind === "image.generate" ? successes(task) : 1;
  return money(units * PRICES[task.kind]);
}

/** The last part of an address, as words. */
function nameOf(url: string): string {
  const last = url.split(/[?#]/, 1)[0]?.split("/").at(-1) ?? "";
  return (
    last
      .replace(/\.\w+$/, "")
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim() || "something"
  );
}

/** Of 100; those that have a picture at all are never quite bad. */
function scoreOf(url: string): number {
  return 60 + (createHash("sha256").update(url).digest().readUInt8(0) % 40);
}

/** What a completed task of its kind holds. */
export function resultOf(generation: Generation, task: Task, base: string): Json {
  const pictures = task.images.map((each) => image(generation, task, each, base));
  const about = task.request.prompt;
  switch (task.kind) {
    case "image.generate": {
      const cost = { images: money(successes(task) * IMAGE_PRICE), total: totalCost(task) };
      return { model: task.model, images: pictures, ...(generation === "g4" ? {} : { cost }) };
    }
    case "image.rate":
      return { ...(isEarly(generation) ? { url: about } : {}), level: "sfw" };
    case "image.alt":
      return { alt: `A picture of ${nameOf(about)}.` };
    case "image.review":
      return {
        score: scoreOf(about),
        summary: `${nameOf(about)}, well lit and in focus.`,
        findings: ["The horizon is a little tilted."],
        strengths: ["Clear subject", "Quiet background"],
      };
    case "image.remove_background":
    case "image.upscale":
      return { image: pictures[0] };
    case "video.generate":
      return { model: task.model, videos: pictures };
  }
}
