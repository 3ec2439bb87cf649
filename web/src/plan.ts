// What a comparison is made of: prompts down, models across, and what each pair has become. Pure.
import type { Batch, BatchRequest, Task, TaskError } from "@taskwire/client";
import { sizeOf } from "./shapes.ts";

/** A task by its id, the reason why there is none, or nothing that is known. */
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

/** Of a batch that somebody has only the tasks of, each asked for alike: its prompts and models in the order they come. */
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

/** One line, one value; empty lines are nothing. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
