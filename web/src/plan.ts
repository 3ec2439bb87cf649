// The plan of a comparison: its prompts, its models, and the result of each pair. Pure functions.
import type { Batch, BatchRequest, Task, TaskError } from "@taskwire/client";
import { sizeOf } from "./shapes.ts";

/** A task's id, or the reason why there is no task. Null: unknown. */
export type Pair = string | TaskError | null;

export interface Plan {
  prompts: string[];
  models: string[];
  /** The first prompt with every model, then the second, and so on. */
  pairs: Pair[];
  count: number;
  size: string | null;
}

export function planOf({ prompts, models, count = 1, size }: BatchRequest, { tasks }: Pick<Batch, "tasks">): Plan {
  const pairs = tasks.map((one) =>
    "error" in one ? { code: one.error.code, message: one.error.message } : one.taskId,
  );
  return { prompts, models, pairs, count, size: typeof size === "string" ? size : null };
}

/** The plan of a batch of which only the tasks are known. Prompts and models keep the order of the tasks. */
export function planFrom(tasks: readonly Task[]): Plan {
  const prompts = [...new Set(tasks.map(({ prompt }) => prompt ?? ""))];
  const models = [...new Set(tasks.map(({ requestedModel }) => requestedModel ?? ""))];
  const pairs = prompts.flatMap((prompt) =>
    models.map((model) => {
      const task = tasks.find((task) => (task.prompt ?? "") === prompt && (task.requestedModel ?? "") === model);
      return task?.taskId ?? task?.error ?? null;
    }),
  );
  const [first] = tasks;
  return { prompts, models, pairs, count: first?.images.length || 1, size: first ? sizeOf(first) : null };
}

/** The lines of a text, without empty ones. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
