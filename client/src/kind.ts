// Tasks by their kind.
import type { Results, Task, TaskOf } from "./wire.ts";

/** Whether it is a task of this kind: then its result has a type. */
export function isKind<K extends keyof Results>(task: Task, kind: K): task is TaskOf<K> {
  return task.kind === kind;
}
