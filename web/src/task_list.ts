// What the page knows of its tasks: a map by id in which the higher version wins, whichever road it came by. Pure.
import { type GenerateInput, isTerminal, type Task } from "./types.ts";

/** Shown from the press of the button until the server names the task. */
export interface Draft {
  key: string;
  input: GenerateInput;
  createdAt: string;
}

export interface TaskList {
  byId: ReadonlyMap<string, Task>;
  /** Started here, or found pending: they stay in the gallery when they are done. */
  currentIds: ReadonlySet<string>;
  drafts: readonly Draft[];
}

export type Action =
  | { type: "loaded"; tasks: Task[] }
  | { type: "drafted"; draft: Draft }
  | { type: "started"; key: string; task: Task }
  | { type: "refused"; key: string }
  | { type: "changed"; task: Task };

export const EMPTY: TaskList = { byId: new Map(), currentIds: new Set(), drafts: [] };

export function reduceTasks(state: TaskList, action: Action): TaskList {
  switch (action.type) {
    case "loaded": {
      const pending = action.tasks.filter((task) => !isTerminal(task)).map((task) => task.taskId);
      return { ...state, byId: merge(state.byId, action.tasks), currentIds: new Set([...state.currentIds, ...pending]) };
    }
    case "drafted":
      return { ...state, drafts: [action.draft, ...state.drafts] };
    case "started":
      return {
        byId: merge(state.byId, [action.task]),
        currentIds: new Set([...state.currentIds, action.task.taskId]),
        drafts: state.drafts.filter((draft) => draft.key !== action.key),
      };
    case "refused":
      return { ...state, drafts: state.drafts.filter((draft) => draft.key !== action.key) };
    case "changed":
      return { ...state, byId: merge(state.byId, [action.task]) };
  }
}

function merge(byId: ReadonlyMap<string, Task>, tasks: Task[]): ReadonlyMap<string, Task> {
  const merged = new Map(byId);
  for (const task of tasks) {
    const known = merged.get(task.taskId);
    if (known === undefined || task.version > known.version) merged.set(task.taskId, task);
  }
  return merged;
}

function newestFirst(a: Task, b: Task): number {
  return b.createdAt.localeCompare(a.createdAt) || b.taskId.localeCompare(a.taskId);
}

export function listTasks({ byId, currentIds }: TaskList): { current: Task[]; earlier: Task[] } {
  const sorted = [...byId.values()].sort(newestFirst);
  return {
    current: sorted.filter((task) => currentIds.has(task.taskId)),
    earlier: sorted.filter((task) => !currentIds.has(task.taskId)),
  };
}
