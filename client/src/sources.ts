// The source of each live value: its path, what it loads over HTTP, and what its frames mean.
import { listCalls, type Page, pathOf } from "./calls.ts";
import type { Http } from "./http.ts";
import type { Said, Source } from "./link.ts";
import { type Gone, type Item, type Kind, type List, merge, take } from "./list.ts";
import type { Cell } from "./live.ts";
import type { ChannelAnswer, Content, Task, Ticket, Usage } from "./wire.ts";

/** The limit that the server sets. */
const LARGEST_PAGE = 100;

/** Whether the task can no longer change. One that failed with `timeout` still can: a late answer completes it. */
function isSettled({ status, error }: Task): boolean {
  return status !== "pending" && error?.code !== "timeout";
}

/** A kind of item that has a list. */
export interface Listed<T extends Item> extends Kind<T> {
  path: string;
}

export const TASKS: Listed<Task> = {
  path: "/tasks",
  // The row of an image has an id before the task has one. A refused task never gets one.
  id: (task) => task.images[0]?.id ?? task.taskId ?? task.createdAt,
  isNewer: (task, known) => task.version > known.version,
};

export const CONTENT: Listed<Content> = {
  path: "/content",
  id: ({ id }) => id,
  isNewer: ({ callback }, known) => callback !== known.callback,
};

/** Writes the task if it is newer. */
export function offer(cell: Cell<Task>, task: Task): void {
  if (task.version > (cell.current?.version ?? -1)) cell.put(task);
}

export interface Sources {
  task(id: string, ticket?: string): Source<Task>;
  batch(id: string, lent?: Ticket): Source<readonly Task[]>;
  channel(id: string): Source<ChannelAnswer>;
  tasks(pageSize?: number): Source<List<Task>>;
  content(pageSize?: number): Source<List<Content>>;
}

/**
 * `see` passes a task on to every entry that shows it, and `use` what is used of the limits. `gone` has the ids of what
 * was erased.
 */
export function createSources(
  call: Http["call"],
  see: (task: Task) => void,
  use: (usage: Usage) => void,
  gone: Gone,
): Sources {
  const isGone = ({ id, taskId, channelId }: Item): boolean => gone.has(taskId ?? id) || gone.has(channelId);

  /** Frames and pages may be older than the erasing, so whatever is put into a list goes through here. */
  function left<T extends Item>(items: readonly T[]): readonly T[] {
    return items.some(isGone) ? items.filter((item) => !isGone(item)) : items;
  }

  function strip<T extends Item>(list: List<T>): List<T> {
    const items = left(list.items);
    return items === list.items ? list : { ...list, items };
  }

  /** Reads a single resource. An unchanged one, by its ETag, is not read again. */
  async function load<T>(this: Source<T>, cell: Cell<T>, signal: AbortSignal): Promise<void> {
    const said = await call<Said | null>(this.path, { signal, ticket: this.ticket, tagged: cell });
    if (said) this.take(cell, said);
  }

  return {
    /** A task with a ticket may belong to someone else, so it does not appear in the user's own lists. */
    task(id, ticket) {
      return {
        id,
        path: pathOf("tasks", id),
        ticket,
        lent: ticket ? { ticket, expiresAt: "" } : undefined,
        query: ({ current }) => current && `?version=${current.version}`,
        load,
        take(cell, { task, progress, message }) {
          if (task) ticket ? offer(cell, task) : see(task);
          const { current } = cell;
          if (progress !== undefined && current?.status === "pending") {
            cell.put({ ...current, progress: { value: progress, message } });
          }
        },
        isFinal: isSettled,
      };
    },

    /** In the order of the request: the newest task is the last. */
    batch: (id, lent) => ({
      path: pathOf("batches", id),
      lent,
      load,
      take(cell, { task, tasks }) {
        let known: readonly Task[] = cell.current?.toReversed() ?? [];
        // An answer has all tasks, and so it has the order. A task that it lacks was erased.
        if (tasks) known = known.filter((task) => tasks.some((one) => TASKS.id(one) === TASKS.id(task)));
        const items = tasks ? merge(tasks, known, TASKS) : merge(known, task ? [task] : [], TASKS);
        if (items !== known) cell.put(items.toReversed());
        items.forEach(see);
      },
      strip: left,
      // Refused tasks come neither with the start nor over the socket. Nor does what was erased while it was away.
      hasGap: ({ tag }, isFirst) => !tag || !isFirst,
    }),

    channel: (id) => ({
      id,
      path: pathOf("channels", id),
      query: ({ current }) => current && `?version=${current.channel.version}`,
      load,
      take(cell, { channel, content = null }) {
        if (channel && channel.version > (cell.current?.channel.version ?? -1)) cell.put({ channel, content });
      },
      strip: (answer) => (answer.content && isGone(answer.content) ? { ...answer, content: null } : answer),
      // A late result completes a failed channel, and the outcome of the callback is one more version. The row of a
      // completed channel can only have been erased.
      isFinal: ({ channel, content }) => (content ? content.callback !== "pending" : channel.status === "completed"),
    }),

    tasks: (pageSize) => ({
      path: TASKS.path,
      load: (cell, signal) => catchUp(call, cell, TASKS, pageSize, signal),
      take(_, { task, usage }) {
        if (task) see(task);
        if (usage) use(usage);
      },
      strip,
      // A socket begins with the newest hundred. Older tasks may have changed too.
      hasGap: (_, isFirst) => !isFirst,
    }),

    content: (pageSize) => ({
      path: CONTENT.path,
      isFragile: true,
      query: ({ current }) => current?.items[0] && `?after=${encodeURIComponent(current.items[0].id)}`,
      load: (cell, signal) => catchUp(call, cell, CONTENT, pageSize, signal),
      take(cell, { content }) {
        if (content && cell.current) cell.put(take(cell.current, content, CONTENT));
      },
      strip,
      // Without a row to resume after, the socket shows only what comes later. Rows may have been erased meanwhile.
      hasGap: ({ current }, isFirst) => !isFirst || !current?.items.length,
    }),
  };
}

/** Reads a list down to the oldest known item. An empty list reads its first page. What it lacks was erased. */
async function catchUp<T extends Item>(
  call: Http["call"],
  cell: Cell<List<T>>,
  kind: Listed<T>,
  pageSize: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { list } = listCalls<T, object>(call, kind.path);
  const known = new Set(cell.current?.items.map(kind.id));
  const oldest = cell.current?.items.at(-1);
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ limit: oldest ? LARGEST_PAGE : pageSize, cursor }, { signal });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (
    oldest &&
    cursor &&
    !found.some((item) => item.createdAt < oldest.createdAt || kind.id(item) === kind.id(oldest))
  );
  found.forEach((item) => known.delete(kind.id(item)));
  const end = cursor ? (found.at(-1) as T).createdAt : "";
  extend(cell, { items: found, nextCursor: cursor }, kind, (item) => known.has(kind.id(item)) && item.createdAt > end);
}

/** Adds a page to a list, and takes out what is lost. */
export function extend<T extends Item>(
  cell: Cell<List<T>>,
  { items: found, nextCursor }: Page<T>,
  kind: Kind<T>,
  isLost?: (item: T) => boolean,
): void {
  const { current } = cell;
  let known = current?.items ?? [];
  if (isLost && known.some(isLost)) known = known.filter((item) => !isLost(item));
  const items = merge(known, found, kind);
  if (items !== current?.items || nextCursor !== current.nextCursor) cell.put({ items, nextCursor });
}
