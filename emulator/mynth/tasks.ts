/**
 * A task as the provider knows it, the same in every wire generation, and the book of them all.
 *
 * Pure but for ids: no timers, no HTTP, no field names of any wire.
 */

import { dropOldest, KEPT_REQUESTS } from "../bounded.ts";
import { chanceOf, spread } from "../chance.ts";
import type { Json } from "../json.ts";
import { readWords } from "../keywords.ts";
import type { Generation } from "./generation.ts";
import { KEYWORDS, type Keyword } from "./keywords.ts";
import { type Kind, picturesOf } from "./kinds.ts";
import { ulid } from "./ulid.ts";

export type Outcome = "completed" | "failed";

/** A request as it is understood, whatever its kind. */
export interface TaskRequest {
  /** What the task is about: its prompt, or the address of the picture it looks at. */
  prompt: string;
  model?: string;
  count?: number;
  size?: unknown;
  webhook?: { custom?: { url: string }[] };
}

export type TaskImage =
  | { ok: true; id: string; position: number; size: string; hosted: boolean }
  | { ok: false; position: number };

/** One event is one webhook however often it is sent: its id and time never change. */
export interface TaskEvent {
  id: string;
  at: number;
}

export interface Task {
  id: string;
  kind: Kind;
  /** The wire generation in force when the task was made. */
  generation: Generation;
  status: "pending" | Outcome;
  request: TaskRequest;
  /** The request as it came, for the echo. */
  sent: Json;
  model: string;
  keywords: Set<Keyword>;
  /** What comes back if the task completes; decided when it is made. */
  images: TaskImage[];
  /** How long it takes. */
  durationMs: number;
  publicAccessToken: string;
  events: Partial<Record<Outcome, TaskEvent>>;
  createdAt: number;
  updatedAt: number;
}

/** What a request that has been found good asks for. */
export function understood(sent: Json): TaskRequest {
  return { ...sent, prompt: String(sent.prompt ?? sent.url) };
}

/** The words in what it is about. */
export function keywordsOf({ prompt }: TaskRequest): Set<Keyword> {
  return readWords(prompt, KEYWORDS);
}

/** Answers for a request that names no model. */
const DEFAULT_MODEL = "google/gemini-3.1-flash-image";
const SLOW = 5;

export class TaskBook {
  readonly byId = new Map<string, Task>();

  create(kind: Kind, sent: Json, generation: Generation, latencyMs: number, size: string): Task {
    const request = understood(sent);
    const keywords = keywordsOf(request);
    const isSet = kind === "image.generate";
    const off = (keywords.has("extra") ? 1 : 0) - (keywords.has("missing") ? 1 : 0);
    const count = picturesOf(kind, request.count) + (isSet ? off : 0);
    const images = Array.from({ length: count }, (_, position): TaskImage => {
      if (keywords.has("partial") && position % 2 === 1) return { ok: false, position };
      const hosted = !(keywords.has("nourl") && position === 0);
      return { ok: true, id: `${kind === "video.generate" ? "vid" : "img"}_${ulid()}`, position, size, hosted };
    });
    // The slowest image decides.
    const chance = Math.max(0, ...images.map(({ position }) => chanceOf(`${request.prompt}/${position}`)));
    const now = Date.now();
    const task: Task = {
      id: `tsk_${ulid(now)}`,
      kind,
      generation,
      status: "pending",
      request,
      sent,
      model: request.model ?? DEFAULT_MODEL,
      keywords,
      images,
      durationMs: spread(latencyMs, chance) * (keywords.has("slow") ? SLOW : 1),
      publicAccessToken: `pat_${ulid(now)}`,
      events: {},
      createdAt: now,
      updatedAt: now,
    };
    this.byId.set(task.id, task);
    dropOldest(this.byId, KEPT_REQUESTS);
    return task;
  }

  /** Newest first; `after` is the last id of the page before. Undefined when it names no task. */
  list(limit: number, after: string | null): Task[] | undefined {
    const newestFirst = [...this.byId.values()].reverse();
    if (after === null) return newestFirst.slice(0, limit);
    const last = newestFirst.findIndex((task) => task.id === after);
    return last < 0 ? undefined : newestFirst.slice(last + 1, last + 1 + limit);
  }
}

/** How the task is to end, by its prompt. */
export function plannedOutcome(task: Task): Outcome {
  return task.keywords.has("fail") || task.keywords.has("fail-silent") ? "failed" : "completed";
}

/** Ends a pending task; one that has ended keeps its end. */
export function settle(task: Task, outcome: Outcome): void {
  if (task.status !== "pending") return;
  task.status = outcome;
  task.updatedAt = Date.now();
}

/** The task's event of that outcome, made the first time it is asked for. */
export function eventOf(task: Task, outcome: Outcome): TaskEvent {
  task.events[outcome] ??= { id: `evt_${ulid()}`, at: Date.now() };
  return task.events[outcome];
}
