/** Starting a task: the request, the provider's call, and the answer. */

import { Refusal } from "./answers.ts";
import { ticketFor } from "./identity.ts";
import type { Env } from "./settings.ts";
import { imageIds, type NewTask, newId } from "./tasks.ts";

const PROMPT_CHARS = 8192;
const MODEL_CHARS = 200;
const IMAGES = 20;
const CALL_MS = 30_000;

const isText = (value: unknown, longest: number): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= longest;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads the request. A refusal names every wrong field. */
export function taskOf(user: string, body: Record<string, unknown>): NewTask {
  const { prompt, model, count = 1, metadata = {} } = body;
  const wrong: string[] = [];
  if (!isText(prompt, PROMPT_CHARS)) wrong.push("prompt");
  if (!isText(model, MODEL_CHARS)) wrong.push("model");
  if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > IMAGES) wrong.push("count");
  if (!isObject(metadata)) wrong.push("metadata");
  if (wrong.length > 0) throw new Refusal(422, "validation_failed", `Not valid: ${wrong.join(", ")}.`);
  return {
    id: newId(),
    user,
    prompt: prompt as string,
    model: model as string,
    count: count as number,
    metadata: metadata as Record<string, unknown>,
  };
}

/**
 * Calls the provider and returns its id of the task. A refusal is a {@link Refusal}; after any other
 * error the outcome is unknown.
 */
export async function order(task: NewTask, env: Env): Promise<string> {
  const { prompt, model, count, metadata } = task;
  const response = await fetch(`${env.MYNTH_API_URL}/image/generate`, {
    method: "POST",
    headers: { authorization: `Bearer ${env.MYNTH_API_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ prompt, model, count, metadata: { ...metadata, imageRowIds: imageIds(task) } }),
    signal: AbortSignal.timeout(CALL_MS),
  });
  if (response.status >= 400 && response.status < 500) {
    await response.body?.cancel();
    throw new Refusal(response.status === 402 ? 402 : 502, "provider_refused", "The provider has refused the task.");
  }
  const reply = (await response.json()) as { data?: { task_id?: string } };
  const taskId = reply.data?.task_id;
  if (!response.ok || typeof taskId !== "string") throw new Error(`the provider answered ${response.status}`);
  return taskId;
}

/** The answer to a start. */
export async function started(user: string, taskId: string, task: unknown, env: Env): Promise<object> {
  const live = { url: `/tasks/${taskId}/live`, ...(await ticketFor(user, `task:${taskId}`, env)) };
  return { taskId, mynthTaskId: taskId, task, live };
}
