// The source of each live value: its path, what it loads over HTTP, and what its frames mean.
import type { Http } from "./http.ts";
import type { Said, Source } from "./link.ts";
import { type Item, type Kind, type List, merge, take } from "./list.ts";
import type { Cell } from "./live.ts";
import type { ChannelAnswer, Content, Task, Ticket } from "./wire.ts";

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

/** The path of one resource. */
export const pathOf = (kind: string, id: string): string => `/${kind}/${encodeURIComponent(id)}`;

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

/** `see` passes a task on to every entry that shows it. */
export function createSources(call: Http["call"], see: (task: Task) => void): Sources {
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
        take(cell, { task }) {
          if (task) ticket ? offer(cell, task) : see(task);
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
        const known = cell.current?.toReversed() ?? [];
        // An answer has all tasks, and so it has the order.
        const items = tasks ? merge(tasks, known, TASKS) : merge(known, task ? [task] : [], TASKS);
        if (items !== known) cell.put(items.toReversed());
        items.forEach(see);
      },
      // Refused tasks come neither with the start nor over the socket.
      hasGap: ({ tag }) => !tag,
    }),

    channel: (id) => ({
      path: pathOf("channels", id),
      query: ({ current }) => current && `?version=${current.channel.version}`,
      load,
      take(cell, { channel, content = null }) {
        if (channel && channel.version > (cell.current?.channel.version ?? -1)) cell.put({ channel, content });
      },
      // A late result completes a failed channel, and the outcome of the callback is one more version.
      isFinal: ({ content }) => !!content && content.callback !== "pending",
    }),

    tasks: (pageSize) => ({
      path: TASKS.path,
      load: (cell, signal) => catchUp(call, cell, TASKS, pageSize, signal),
      take(_, { task }) {
        if (task) see(task);
      },
      // A socket begins with the newest hundred. Older tasks may have changed too.
      hasGap: (_, isFirst) => !isFirst,
    }),

    content: (pageSize) => ({
      path: CONTENT.path,
      query: ({ current }) => current?.items[0] && `?after=${encodeURIComponent(current.items[0].id)}`,
      load: (cell, signal) => catchUp(call, cell, CONTENT, pageSize, signal),
      take(cell, { content }) {
        if (content && cell.current) cell.put(take(cell.current, content, CONTENT));
      },
      // Without a row to resume after, the socket shows only what comes later.
      hasGap: ({ current }) => !current?.items.length,
    }),
  };
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export async function readPage<T>(
  call: Http["call"],
  path: string,
  query: object,
  options?: { signal?: AbortSignal | undefined },
): Promise<Page<T>> {
  const given = Object.entries(query).filter(([, value]) => value != null);
  const answer = await call<Record<string, unknown>>(`${path}?${new URLSearchParams(given)}`, options);
  return { items: answer[path.slice(1)] as T[], nextCursor: answer.nextCursor as string | null };
}

/** Reads a list down to the oldest known item. An empty list reads its first page. */
async function catchUp<T extends Item>(
  call: Http["call"],
  cell: Cell<List<T>>,
  kind: Listed<T>,
  pageSize: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const oldest = cell.current?.items.at(-1);
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await readPage(
      call,
      kind.path,
      { limit: oldest ? LARGEST_PAGE : pageSize, cursor },
      { signal },
    );
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (
    oldest &&
    cursor &&
    !found.some((item) => item.createdAt < oldest.createdAt || kind.id(item) === kind.id(oldest))
  );
  extend(cell, { items: found, nextCursor: cursor }, kind);
}

/** Adds a page to a list. */
export function extend<T extends Item>(
  cell: Cell<List<T>>,
  { items: found, nextCursor }: Page<T>,
  kind: Kind<T>,
): void {
  const { current } = cell;
  const items = merge(current?.items ?? [], found, kind);
  if (items !== current?.items || nextCursor !== current.nextCursor) cell.put({ items, nextCursor });
}
