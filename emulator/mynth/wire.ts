/**
 * Every envelope the provider sends, in each of its four generations: replies, errors, webhooks.
 *
 * Pure: a task in, a JSON value out. What a task returned is in the results' file.
 */

import type { Json } from "../json.ts";
import type { Issue } from "../rules.ts";
import { cased, code, isEarly, money } from "./case.ts";
import type { Generation } from "./generation.ts";
import { estimatedCost, type Kind } from "./kinds.ts";
import { resultOf, totalCost } from "./results.ts";
import { eventOf, type Outcome, type Task } from "./tasks.ts";

const FAILURE = "The prompt was refused by the content policy.";

function time(at: number): string {
  return new Date(at).toISOString();
}

/** Only the provider's own two-word fields change case: metadata is the caller's, and comes back untouched. */
function echo(generation: Generation, sent: Json): Json {
  const { negativePrompt, negative_prompt = negativePrompt, magicPrompt, magic_prompt = magicPrompt, ...rest } = sent;
  const own = Object.entries({ negative_prompt, magic_prompt }).filter(([, value]) => value !== undefined);
  return { ...rest, ...cased(generation, Object.fromEntries(own)) };
}

/** Later generations put an answer in `data`. */
function wrap(generation: Generation, value: unknown): Json {
  return isEarly(generation) ? (value as Json) : { data: value };
}

/** Undefined for a failure that gives no reason. */
function errors(generation: Generation, task: Task): Json[] | undefined {
  if (task.keywords.has("fail-silent")) return undefined;
  return [{ code: code(generation, "restricted_content"), message: FAILURE }];
}

function fullTask(generation: Generation, task: Task, status: Task["status"], base: string): Json {
  return cased(generation, {
    id: task.id,
    type: task.kind,
    status,
    request: echo(generation, task.sent),
    result: status === "completed" ? resultOf(generation, task, base) : null,
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
  const cost = money(estimatedCost(task.kind, task.request.count));
  if (generation === "g4") {
    return { data: { task_id: task.id, estimated_cost: cost, public_access_token: task.publicAccessToken } };
  }
  const access = { publicAccessToken: task.publicAccessToken };
  return wrap(generation, { taskId: task.id, ...(generation === "g3" ? { estimatedCost: cost } : {}), access });
}

/** The answer of a dry run. It came late enough to have been in `data` always. */
export function estimateReply(generation: Generation, kind: Kind, count?: number): Json {
  return { data: cased(generation, { estimatedCost: money(estimatedCost(kind, count)), currency: "USD" }) };
}

export function taskReply(task: Task, base: string): Json {
  return wrap(task.generation, fullTask(task.generation, task, task.status, base));
}

export function statusReply(task: Task): Json {
  return wrap(task.generation, { status: task.status });
}

/** null, wrapped or not, while there is none. */
export function resultReply(task: Task, base: string): Json {
  return wrap(task.generation, task.status === "completed" ? resultOf(task.generation, task, base) : null);
}

export function listReply(generation: Generation, tasks: Task[]): Json {
  const row = (task: Task) =>
    cased(generation, {
      id: task.id,
      type: task.kind,
      status: task.status,
      cost: task.status === "completed" ? totalCost(task) : null,
      createdAt: time(task.createdAt),
    });
  return { data: tasks.map(row) };
}

/** The first generation called `image.generate` just `image`. */
export function eventName(generation: Generation, kind: Kind, outcome: Outcome): string {
  return `task.${generation === "g1" && kind === "image.generate" ? "image" : kind}.${outcome}`;
}

/** A webhook's body for that outcome, whatever the task's own status: a late event contradicts it. */
export function eventBody(generation: Generation, task: Task, outcome: Outcome, base: string): Json {
  const name = eventName(generation, task.kind, outcome);
  if (generation === "g4") {
    const event = eventOf(task, outcome);
    return { id: event.id, type: name, timestamp: time(event.at), data: fullTask(generation, task, outcome, base) };
  }
  const isCompleted = outcome === "completed";
  const head = {
    event: name,
    task: { id: task.id, ...(generation === "g3" && isCompleted ? { cost: totalCost(task) } : {}) },
    request: echo(generation, task.sent),
  };
  if (isCompleted) return { ...head, result: resultOf(generation, task, base) };
  const reasons = errors(generation, task);
  return { ...head, ...(reasons ? { errors: reasons } : {}) };
}

/** The three shapes errors have had. */
export function errorReply(generation: Generation, name: string, message: string, issues: readonly Issue[] = []): Json {
  if (isEarly(generation)) return { error: message, code: code(generation, name) };
  const first = issues[0];
  if (generation === "g3")
    return { error: { code: code(generation, name), message, ...(first ? { field: first.path } : {}) } };
  return { error: { code: name, message, ...(issues.length > 0 ? { issues } : {}) } };
}
