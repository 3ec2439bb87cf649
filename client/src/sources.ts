// What each live value is made of: where its socket is, what it loads over HTTP, and what its frames mean.
import type { Http } from "./http.ts";
import type { Said, Source } from "./link.ts";
import { type Item, type Kind, type List, merge, take } from "./list.ts";
import type { Cell } from "./live.ts";
import type { ChannelAnswer, Content, Task, Ticket } from "./wire.ts";

/** The server's limit. */
const LARGEST_PAGE = 100;

/** Nothing will change it any more. What failed because nobody answered heals if an answer comes after all. */
function isSettled({ status, error }: Task): boolean {
  return status !== "pending" && error?.code !== "timeout";
}

/** A kind with a list of its own. */
export interface Listed<T extends Item> extends Kind<T> {
  path: string;
}

export const TASKS: Listed<Task> = {
  path: "/tasks",
  // Images have rows, whose ids are there before the provider's is; it may never give one.
  id: (task) => task.images[0]?.id ?? task.taskId ?? task.createdAt,
  isNewer: (task, known) => task.version > known.version,
};

export const CONTENT: Listed<Content> = {
  path: "/content",
  id: ({ id }) => id,
  isNewer: ({ callback }, known) => callback !== known.callback,
};

/** Where one of a kind is. */
export const pathOf = (kind: string, id: string): string => `/${kind}/${encodeURIComponent(id)}`;

/** Puts what is newer. */
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

/** `see` shows a task to everything that shows tasks. */
export function createSources(call: Http["call"], see: (task: Task) => void): Sources {
  /** Reads what has an address of its own, if it has changed since the last time. */
  async function load<T>(this: Source<T>, cell: Cell<T>, signal: AbortSignal): Promise<void> {
    const said = await call<Said | null>(this.path, { signal, ticket: this.ticket, tagged: cell });
    if (said) this.take(cell, said);
  }

  return {
    /** With a ticket, of somebody else perhaps: read with that alone, and shown to nothing else. */
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

    /** In the order they were asked for: the newest is the last. */
    batch: (id, lent) => ({
      path: pathOf("batches", id),
      lent,
      load,
      take(cell, { task, tasks }) {
        const known = cell.current?.toReversed() ?? [];
        // An answer has all of them, and so their order.
        const items = tasks ? merge(tasks, known, TASKS) : merge(known, task ? [task] : [], TASKS);
        if (items !== known) cell.put(items.toReversed());
        items.forEach(see);
      },
      // Neither a start nor a socket has those that the provider refused.
      hasGap: ({ tag }) => !tag,
    }),

    channel: (id) => ({
      path: pathOf("channels", id),
      query: ({ current }) => current && `?version=${current.channel.version}`,
      load,
      take(cell, { channel, content = null }) {
        if (channel && channel.version > (cell.current?.channel.version ?? -1)) cell.put({ channel, content });
      },
      // What is made after a failure completes it all the same, and what became of a callback is a version too.
      isFinal: ({ content }) => !!content && content.callback !== "pending",
    }),

    tasks: (pageSize) => ({
      path: TASKS.path,
      load: (cell, signal) => catchUp(call, cell, TASKS, pageSize, signal),
      take(_, { task }) {
        if (task) see(task);
      },
      // The socket begins with the newest hundred; the others may have changed too.
      hasGap: (_, isFirst) => !isFirst,
    }),

    content: (pageSize) => ({
      path: CONTENT.path,
      query: ({ current }) => current?.items[0] && `?after=${encodeURIComponent(current.items[0].id)}`,
      load: (cell, signal) => catchUp(call, cell, CONTENT, pageSize, signal),
      take(cell, { content }) {
        if (content && cell.current) cell.put(take(cell.current, content, CONTENT));
      },
      // With nothing to resume after, the socket shows only what comes once it is open.
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

/** Reads a list down to the oldest that is known of it, or its first page. */
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

/** Puts what was found of a list, and where its next page begins. */
export function extend<T extends Item>(
  cell: Cell<List<T>>,
  { items: found, nextCursor }: Page<T>,
  kind: Kind<T>,
): void {
  const { current } = cell;
  const items = merge(current?.items ?? [], found, kind);
  if (items !== current?.items || nextCursor !== current.nextCursor) cell.put({ items, nextCursor });
}
