// The client of one server: what can be started, and what can be watched.
import {
  type CallerOptions,
  type Calls,
  type ContentCalls,
  contentCalls,
  createCalls,
  type ListCalls,
  listCalls,
  pathOf,
  type TaskCalls,
  taskCalls,
  type UsageCalls,
  usageCalls,
} from "./calls.ts";
import { createEntry, type Entry } from "./entry.ts";
import { createHttp, type GetToken, type StartOptions, withToken } from "./http.ts";
import type { LinkState, Said, Source, Transport } from "./link.ts";
import { type Gone, type Item, type List, take } from "./list.ts";
import { createCell, type Live, type SubscribeOptions } from "./live.ts";
import { CONTENT, createSources, extend, type Listed, offer, TASKS } from "./sources.ts";
import type {
  Batch,
  ChannelAnswer,
  ChannelStarted,
  Content,
  ListQuery,
  Started,
  Task,
  TaskQuery,
  Usage,
} from "./wire.ts";

export interface TaskwireOptions {
  /** The server's address, `https://…`. Defaults to the page's own origin. */
  url?: string | undefined;
  /**
   * Returns the signed-in user's JWT, or null while nobody is signed in: then nothing is asked. It is called before every
   * request, so it should cache the token. Leave it out where something between the page and the server adds the token.
   */
  getToken?: GetToken | undefined;
  /** For runtimes without a global `fetch` or `WebSocket`. */
  fetch?: typeof fetch | undefined;
  WebSocket?: typeof WebSocket | undefined;
}

/**
 * The state of all connections in one word: the worst of them counts. `idle`: nothing is watched, or nobody is signed
 * in. `polling`: sockets seem to be blocked, and values come over HTTP.
 */
export type ConnectionState = LinkState | "offline" | "idle";

export interface LiveTask extends Live<Task>, TaskCalls {}

/** A list, newest first: the pages loaded so far, and everything that arrives. All subscribers share it. */
export interface LiveList<T, Query> extends Live<List<T>>, ListCalls<T, Query> {
  /** Loads the next page into the list. */
  loadMore(limit?: number, options?: CallerOptions): Promise<void>;
}

export interface LiveContent extends LiveList<Content, ListQuery>, ContentCalls {}

export interface LiveUsage extends Live<Usage>, UsageCalls {}

export interface Taskwire extends Calls {
  /** With a ticket, the task is read without a token. */
  task(id: string, options?: { ticket?: string | undefined }): LiveTask;
  tasks(options?: { pageSize?: number | undefined }): LiveList<Task, TaskQuery>;
  batch(id: string): Live<readonly Task[]>;
  content(options?: { pageSize?: number | undefined }): LiveContent;
  channel(id: string): Live<ChannelAnswer>;
  /** What is used of the user's limits, and what is left. It comes over the socket of `tasks()`. */
  usage(): LiveUsage;
  readonly connectionState: {
    readonly current: ConnectionState;
    subscribe(listener: (state: ConnectionState) => void, options?: Pick<SubscribeOptions, "signal">): () => void;
  };
  /** Ends all subscriptions and closes all connections. */
  close(): void;
}

/** Worst first. */
const STATES: LinkState[] = ["reconnecting", "polling", "live", "connecting"];

export function createTaskwire({ url = "", getToken, fetch, WebSocket: Socket }: TaskwireOptions = {}): Taskwire {
  const base = url.replace(/\/$/, "");
  const http = createHttp(base, getToken && withToken(getToken), fetch);
  const { call } = http;
  const calls = createCalls({ ...http, start: startAndKeep });
  // The key is the path, followed by the ticket if a value is watched with one.
  // biome-ignore lint/suspicious/noExplicitAny: the key decides what type of value an entry has.
  const entries = new Map<string, Entry<any>>();
  /** The ids of what was erased. They are never used again. */
  const gone: Gone = new Set();
  const connection = createCell<ConnectionState>(listen);
  connection.current = "idle";
  let awake: AbortController | undefined;

  const transport: Transport = {
    open(address, ticket) {
      const url = new URL(base + address, globalThis.location?.href);
      return new (Socket ?? WebSocket)(url.href.replace("http", "ws"), ["taskwire", `ticket.${ticket}`]);
    },
    renew: (path, options) => call(`${path}/ticket`, { ...options, body: {} }),
    onErased: ({ taskId, contentId, channelId }) => forget(taskId ?? contentId ?? channelId),
  };
  const sources = createSources(call, see, (now) => usage.put(now), gone);
  const usage = createCell<Usage>(followUsage);
  let unfollow: (() => void) | undefined;

  const keyOf = ({ path, ticket }: Pick<Source<never>, "path" | "ticket">): string => path + (ticket ?? "");

  function entryOf<T>(source: Source<T>): Entry<T> {
    const key = keyOf(source);
    let entry: Entry<T> | undefined = entries.get(key);
    if (!entry) {
      entry = createEntry(source, { ...transport, onState: report, onDrop: () => entries.delete(key) });
      entries.set(key, entry);
      entry.strip(gone);
      // The list may know this task already.
      entries.get(TASKS.path)?.current?.items.forEach((task: Task) => {
        if (task.taskId === source.id) see(task);
      });
    }
    return entry;
  }

  function live<T>(source: Source<T>): Live<T> {
    const key = keyOf(source);
    return {
      get current() {
        return entries.get(key)?.current;
      },
      get error() {
        return entries.get(key)?.error;
      },
      subscribe: (listener, options) => entryOf(source).subscribe(listener, options),
    };
  }

  function see(task: Task): void {
    const one = entries.get(pathOf("tasks", task.taskId as string));
    if (one) offer(one, task);
    const all: Entry<List<Task>> | undefined = entries.get(TASKS.path);
    if (all?.current) all.put(take(all.current, task, TASKS));
  }

  /** Takes these ids out of every value, for good. */
  function forget(...ids: (string | null | undefined)[]): void {
    ids.forEach((id) => id && gone.add(id));
    entries.forEach((entry) => entry.strip(gone));
  }

  /** Starts something, and keeps its answer and its ticket: a subscriber has a value at once. */
  async function startAndKeep<S>(path: string, request: object, options?: StartOptions): Promise<S> {
    const started = await http.start<S & (Started | Batch | ChannelStarted)>(path, request, options);
    const source = sourceOf(started);
    const entry = entryOf(source);
    entry.ticket = started.live;
    for (const said of "tasks" in started ? started.tasks : [started]) source.take(entry, said as Said);
    return started;
  }

  function sourceOf(started: Started | Batch | ChannelStarted): Source<unknown> {
    if ("batchId" in started) return sources.batch(started.batchId, started.live) as Source<unknown>;
    return ("taskId" in started ? sources.task(started.taskId) : sources.channel(started.channelId)) as Source<unknown>;
  }

  function liveList<T extends Item, Q extends ListQuery>(kind: Listed<T>, source: Source<List<T>>): LiveList<T, Q> {
    const pages = listCalls<T, object>(call, kind.path);
    return Object.assign(live(source), pages, {
      async loadMore(limit?: number, options?: CallerOptions) {
        const entry: Entry<List<T>> | undefined = entries.get(kind.path);
        const cursor = entry?.current?.nextCursor;
        if (cursor) extend(entry, await pages.list({ limit, cursor }, options), kind);
      },
    });
  }

  const { get: readUsage } = usageCalls(call);

  /** While anyone watches the usage, so is the list of tasks: changes come over its socket. */
  function followUsage(): void {
    if (!usage.listeners.size) {
      unfollow?.();
      unfollow = undefined;
    } else if (!unfollow) {
      unfollow = entryOf(sources.tasks()).subscribe(() => {}, { onError: () => {} });
      // A frame that comes sooner is newer.
      const before = usage.current;
      readUsage().then(
        (now) => usage.current === before && usage.put(now),
        () => {},
      );
    }
  }

  function report(): void {
    listen();
    const worst = STATES.find((state) => [...entries.values()].some((entry) => entry.state === state));
    connection.put(globalThis.navigator?.onLine === false ? "offline" : (worst ?? "idle"));
  }

  function wake(): void {
    report();
    entries.forEach((entry) => entry.wake());
  }

  /** Listens to the network and the tab, from the first subscription on. */
  function listen(): void {
    if (awake) return;
    awake = new AbortController();
    const { signal } = awake;
    const { document } = globalThis;
    for (const name of ["online", "offline"]) globalThis.addEventListener?.(name, wake, { signal });
    document?.addEventListener("visibilitychange", () => document.hidden || wake(), { signal });
    report();
  }

  return {
    ...calls,
    async cancel(id, options) {
      const task = await calls.cancel(id, options);
      see(task);
      return task;
    },
    task(id, { ticket } = {}) {
      const source = sources.task(id, ticket);
      return Object.assign(live(source), taskCalls(call, source.path, ticket));
    },
    tasks: (options) => liveList(TASKS, sources.tasks(options?.pageSize)),
    batch(id) {
      if (typeof id !== "string") throw new TypeError("batch() watches, generateBatch() starts.");
      return live(sources.batch(id));
    },
    content: (options) =>
      Object.assign(liveList<Content, ListQuery>(CONTENT, sources.content(options?.pageSize)), contentCalls(call)),
    channel: (id) => live(sources.channel(id)),
    usage: () => ({
      get current() {
        return usage.current;
      },
      error: undefined,
      get: readUsage,
      subscribe: usage.subscribe,
    }),
    deleteTask: (id, options) => calls.deleteTask(id, options).then(() => forget(id)),
    deleteContent: (id, options) => calls.deleteContent(id, options).then(() => forget(id)),
    async deleteMe(options) {
      const tasks: Entry<List<Task>> | undefined = entries.get(TASKS.path);
      const content: Entry<List<Content>> | undefined = entries.get(CONTENT.path);
      const mine = [
        ...(tasks?.current?.items ?? []).map(({ taskId }) => taskId),
        ...(content?.current?.items ?? []).map(({ id, userId }) => userId && id),
      ];
      await calls.deleteMe(options);
      forget(...mine);
      // The pages that are not loaded yet go as well.
      if (tasks?.current) tasks.put({ ...tasks.current, nextCursor: null });
    },
    connectionState: connection as Taskwire["connectionState"],
    close() {
      usage.listeners.clear();
      followUsage();
      entries.forEach((entry) => entry.drop());
      awake?.abort();
      awake = undefined;
    },
  };
}
