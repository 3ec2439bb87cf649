/**
 * What providers share that run any model: a run in the provider's book, how it goes on, and how it ends.
 *
 * Pure but for the clock. The wire is each provider's own.
 */

import { dropOldest, KEPT_REQUESTS } from "./bounded.ts";
import { chanceOf, spread } from "./chance.ts";
import type { Json } from "./json.ts";
import { readWords } from "./keywords.ts";
import { REFUSING_WORDS } from "./refusal.ts";

/** Words in square brackets in any text of an input. */
export const RUN_WORDS = {
  fail: "it fails, with a reason",
  lost: "no webhook is ever sent; only asking finds the result",
  twice: "each webhook is sent twice",
  reordered: "webhooks come in the wrong order: the end comes first",
  slow: "takes five times as long",
  text: "returns a text instead of a picture",
  json: "returns a value that is no file",
  video: "returns a video",
  "big-seed": "returns a seed above 2^53",
  foreign: "the answer's addresses are on another host",
  stubborn: "a cancellation comes too late: it goes on and ends as planned",
  ...REFUSING_WORDS,
} as const;

export type RunWord = keyof typeof RUN_WORDS;

export type RunStatus = "waiting" | "running" | "succeeded" | "failed" | "canceled";

/** One run of a model. */
export interface Run {
  id: string;
  model: string;
  input: Json;
  /** Where its webhooks go; undefined for none. */
  webhook: string | undefined;
  keywords: Set<RunWord>;
  status: RunStatus;
  /** Lines of its log. They only get more. */
  logs: string[];
  /** From 0 to 1. */
  progress: number;
  durationMs: number;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
}

export function isOver({ status }: Run): boolean {
  return status !== "waiting" && status !== "running";
}

const SLOW = 5;
/** Steps of a run, as its bar shows them. */
const TOTAL = 50;

export class RunBook {
  readonly byId = new Map<string, Run>();

  add(id: string, model: string, input: Json, webhook: string | undefined, latencyMs: number): Run {
    const text = JSON.stringify(input);
    const keywords = readWords(text, RUN_WORDS);
    const run: Run = {
      id,
      model,
      input,
      webhook,
      keywords,
      status: "waiting",
      logs: [],
      progress: 0,
      durationMs: spread(latencyMs, chanceOf(text)) * (keywords.has("slow") ? SLOW : 1),
      createdAt: Date.now(),
      startedAt: null,
      endedAt: null,
    };
    this.byId.set(id, run);
    dropOldest(this.byId, KEPT_REQUESTS);
    return run;
  }

  find(id: string): Run {
    const run = this.byId.get(id);
    if (!run) throw new Error(`no run ${id}`);
    return run;
  }

  /** How many are waiting before this one. */
  placeOf(run: Run): number {
    const waiting = [...this.byId.values()].filter(({ status }) => status === "waiting");
    return waiting.indexOf(run);
  }
}

/** Begins a run, or lets it come as far as `progress`. A run that is over stays as it is. */
export function goOn(run: Run, progress: number): void {
  if (isOver(run)) return;
  if (run.status === "waiting") {
    run.status = "running";
    run.startedAt = Date.now();
    run.logs.push("Using seed: 1234");
  }
  if (progress <= run.progress) return;
  run.progress = progress;
  const percent = String(Math.floor(progress * 100)).padStart(3);
  const bar = "█".repeat(Math.floor(progress * 10)).padEnd(10);
  run.logs.push(`${percent}%|${bar}| ${Math.floor(progress * TOTAL)}/${TOTAL} [00:01<00:01, 20.00it/s]`);
}

/** Ends a run; one that is over stays as it is. */
export function end(run: Run, status?: "succeeded" | "failed" | "canceled"): void {
  if (isOver(run)) return;
  run.status = status ?? (run.keywords.has("fail") ? "failed" : "succeeded");
  run.endedAt = Date.now();
  if (run.status === "succeeded") run.progress = 1;
}
