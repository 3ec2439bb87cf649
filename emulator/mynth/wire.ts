/**
 * Every shape the provider sends, in each of its four generations.
 *
 * Pure: a task in, a JSON value out. The only file that knows the fields' names and case.
 */

import type { Generation } from "../options.ts";
import { eventOf, type Outcome, type Task, type TaskImage, type TaskRequest } from "./tasks.ts";

const IMAGE_PRICE = 0.01;
/** An image's own cost is its price and a fee. */
const IMAGE_COST = 0.0125;
const FAILURE = "The prompt was refused by the content policy.";

export type Json = Record<string, unknown>;

function money(amount: number): string {
  return amount.toFixed(8);
}

function time(at: number): string {
  return new Date(at).toISOString();
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Names of one generation's case at the top level; what is inside a value is left alone. */
function cased(generation: Generation, fields: Json): Json {
  const rename = generation === "g4" ? snake : camel;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [rename(name), value]));
}

/** Only the provider's own two-word fields change case: metadata is the caller's, and comes back untouched. */
function echo(generation: Generation, request: TaskRequest): Json {
  const { negativePrompt, negative_prompt = negativePrompt, magicPrompt, magic_prompt = magicPrompt, ...rest } = request;
  const own = Object.entries({ negative_prompt, magic_prompt }).filter(([, value]) => value !== undefined);
  return { ...rest, ...cased(generation, Object.fromEntries(own)) };
}

function isWrapped(generation: Generation): boolean {
  return generation === "g3" || generation === "g4";
}

/** Later generations put an answer in `data`. */
function wrap(generation: Generation, value: unknown): Json {
  return isWrapped(generation) ? { data: value } : (value as Json);
}

function code(generation: Generation, name: string): string {
  return generation === "g4" ? name : name.toUpperCase();
}

function imageError(generation: Generation): unknown {
  if (generation === "g1" || generation === "g2") return "The image could not be generated.";
  return { code: code(generation, "generation_failed") };
}

function image(generation: Generation, each: TaskImage, base: string): Json {
  if (!each.ok) return { status: "failed", error: imageError(generation) };
  const url = `${base}/images/${each.id}.png`;
  const isEarly = generation === "g1" || generation === "g2";
  return cased(generation, {
    status: isEarly ? "succeeded" : "success",
    id: each.id,
    url: each.hosted ? url : null,
    ...(each.hosted ? {} : { mynthUrl: url }),
    ...(isEarly ? {} : { size: each.size, format: "png" }),
    cost: money(IMAGE_COST),
  });
}

function successes(task: Task): number {
  return task.images.filter((each) => each.ok).length;
}

function totalCost(task: Task): string {
  return money(successes(task) * IMAGE_COST);
}

function result(generation: Generation, task: Task, base: string): Json {
  return {
    model: task.model,
    images: task.images.map((each) => image(generation, each, base)),
    ...(generation === "g4" ? {} : { cost: { images: money(successes(task) * IMAGE_PRICE), total: totalCost(task) } }),
  };
}

/** Undefined for a failure that gives no reason. */
function errors(generation: Generation, task: Task): Json[] | undefined {
  if (task.keywords.has("fail-silent")) return undefined;
  return [{ code: code(generation, "restricted_content"), message: FAILURE }];
}

function fullTask(generation: Generation, task: Task, status: Task["status"], base: string): Json {
  return cased(generation, {
    id: task.id,
    type: "image.generate",
    status,
    request: echo(generation, task.request),
    result: status === "completed" ? result(generation, task, base) : null,
    errors: status === "failed" ? (errors(generation, task) ?? null) : null,
    cost: status === "completed" ? totalCost(task) : null,
    userId: "usr_emulator",
    apiKeyId: "key_emulator",
    createdAt: time(task.createdAt),
    updatedAt: time(task.updatedAt),
  });
}

export function createReply(task: Task): Json {
  const { generation } = task;
  const estimatedCost = money((task.request.count ?? 1) * IMAGE_COST);
  if (generation === "g4") {
    return { data: { task_id: task.id, estimated_cost: estimatedCost, public_access_token: task.publicAccessToken } };
  }
  const access = { publicAccessToken: task.publicAccessToken };
  return wrap(generation, { taskId: task.id, ...(generation === "g3" ? { estimatedCost } : {}), access });
}

export function taskReply(task: Task, base: string): Json {
  return wrap(task.generation, fullTask(task.generation, task, task.status, base));
}

export function statusReply(task: Task): Json {
  return wrap(task.generation, { status: task.status });
}

/** null, wrapped or not, while there is none. */
export function resultReply(task: Task, base: string): Json {
  return wrap(task.generation, task.status === "completed" ? result(task.generation, task, base) : null);
}

export function listReply(generation: Generation, tasks: Task[]): Json {
  const row = (task: Task) =>
    cased(generation, {
      id: task.id,
      type: "image.generate",
      status: task.status,
      cost: task.status === "completed" ? totalCost(task) : null,
      createdAt: time(task.createdAt),
    });
  return { data: tasks.map(row) };
}

export function eventName(generation: Generation, outcome: Outcome): string {
  return generation === "g1" ? `task.image.${outcome}` : `task.image.generate.${outcome}`;
}

/** A webhook's body for that outcome, whatever the task's own status: a late event contradicts it. */
export function eventBody(generation: Generation, task: Task, outcome: Outcome, base: string): Json {
  const name = eventName(generation, outcome);
  if (generation === "g4") {
    const event = eventOf(task, outcome);
    return { id: event.id, type: name, timestamp: time(event.at), data: fullTask(generation, task, outcome, base) };
  }
  const isCompleted = outcome === "completed";
  const head = {
    event: name,
    task: { id: task.id, ...(generation === "g3" && isCompleted ? { cost: totalCost(task) } : {}) },
    request: echo(generation, task.request),
  };
  if (isCompleted) return { ...head, result: result(generation, task, base) };
  const reasons = errors(generation, task);
  return { ...head, ...(reasons ? { errors: reasons } : {}) };
}

export interface Issue {
  path: string;
  message: string;
}

/** The three shapes errors have had. */
export function errorReply(generation: Generation, name: string, message: string, issues: Issue[] = []): Json {
  if (generation === "g1" || generation === "g2") return { error: message, code: code(generation, name) };
  const first = issues[0];
  if (generation === "g3") return { error: { code: code(generation, name), message, ...(first ? { field: first.path } : {}) } };
  return { error: { code: name, message, ...(issues.length > 0 ? { issues } : {}) } };
}
