// What a list shows before the server has answered: tasks that are being started, and not what is being deleted. Pure
// functions, and one store per client.
import type { Taskwire } from "./client.ts";
import type { GenerateRequest, Task } from "./wire.ts";

/** A task in a list. An optimistic one has no `taskId` yet. */
export type ListedTask = Task & { isOptimistic?: true };

export interface Draft {
  task: ListedTask;
  /** The tasks that existed before it. It cannot become one of these. */
  known: ReadonlySet<string | null>;
}

export interface Drafts {
  /** Oldest first. */
  readonly drafts: readonly Draft[];
  /** The ids of the tasks that drafts became. */
  readonly answered: ReadonlySet<string | null>;
  /** The ids of what is being deleted: tasks and rows of content. */
  readonly hidden: ReadonlySet<string | null>;
}

export const NO_DRAFTS: Drafts = { drafts: [], answered: new Set(), hidden: new Set() };

let made = 0;

export function draftOf(request: GenerateRequest, tasks: readonly Task[], now: string): Draft {
  const { prompt, model, count = 1, metadata = {} } = request;
  const name = `optimistic-${++made}`;
  const image = {
    mynthTaskId: null,
    requestedModel: model,
    status: "pending",
    imageId: null,
    url: null,
    error: null,
  } as const;
  return {
    known: new Set(tasks.map(({ taskId }) => taskId)),
    task: {
      taskId: null,
      mynthTaskId: null,
      provider: "mynth",
      kind: "image.generate",
      userId: "",
      status: "pending",
      version: 0,
      prompt,
      requestedModel: model,
      model: null,
      error: null,
      cost: null,
      metadata,
      createdAt: now,
      updatedAt: now,
      images: Array.from({ length: count }, (_, position) => ({ ...image, id: `${name}-${position}`, position })),
      outputs: [],
      result: null,
      isOptimistic: true,
    },
  };
}

/** The list without what is being deleted. The same list if there is nothing of that. */
export function withoutHidden<T>(
  items: readonly T[],
  { hidden }: Drafts,
  id: (item: T) => string | null,
): readonly T[] {
  return hidden.size && items.some((item) => hidden.has(id(item)))
    ? items.filter((item) => !hidden.has(id(item)))
    : items;
}

/** The list with the drafts on top. A draft is left out once the feed shows its task, answered or not. */
export function withDrafts(tasks: readonly Task[], { drafts, answered }: Drafts): readonly ListedTask[] {
  const taken = new Set(answered);
  const open = drafts.filter((draft) => {
    const become = tasks.find((task) => !taken.has(task.taskId) && isTaskOf(draft, task));
    if (become) taken.add(become.taskId);
    return !become;
  });
  return open.length ? [...open.map(({ task }) => task).reverse(), ...tasks] : tasks;
}

function isTaskOf({ task: draft, known }: Draft, task: Task): boolean {
  return (
    !known.has(task.taskId) &&
    task.kind === draft.kind &&
    task.prompt === draft.prompt &&
    task.requestedModel === draft.requestedModel &&
    task.images.length === draft.images.length
  );
}

export interface DraftStore {
  readonly current: Drafts;
  subscribe(listener: () => void): () => void;
  add(draft: Draft): void;
  /** With a `taskId`, the draft became that task. Without one, its start failed. */
  remove(draft: Draft, taskId?: string): void;
  /** Hides a row until the function that this returns is called. */
  hide(id: string): () => void;
}

function createDraftStore(): DraftStore {
  const listeners = new Set<() => void>();
  let current = NO_DRAFTS;
  function change({ drafts, answered, hidden }: Drafts): void {
    current = { drafts, answered: drafts.length ? answered : NO_DRAFTS.answered, hidden };
    for (const listener of [...listeners]) listener();
  }
  return {
    get current() {
      return current;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add: (draft) => change({ ...current, drafts: [...current.drafts, draft] }),
    remove(draft, taskId) {
      const answered = taskId === undefined ? current.answered : new Set([...current.answered, taskId]);
      change({ ...current, drafts: current.drafts.filter((other) => other !== draft), answered });
    },
    hide(id) {
      change({ ...current, hidden: new Set(current.hidden).add(id) });
      return () => {
        const hidden = new Set(current.hidden);
        hidden.delete(id);
        change({ ...current, hidden });
      };
    },
  };
}

const stores = new WeakMap<Taskwire, DraftStore>();

export function draftsOf(client: Taskwire): DraftStore {
  const store = stores.get(client) ?? createDraftStore();
  stores.set(client, store);
  return store;
}
