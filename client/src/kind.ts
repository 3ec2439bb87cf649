// Narrows a task to one kind.
import type { Results, Task, TaskOf } from "./wire.ts";

/** Whether the task is of this kind. If so, its result has a type. */
export function isKind<K extends keyof Results>(task: Task, kind: K): task is TaskOf<K> {
  return task.kind === kind;
}
