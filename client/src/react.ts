"use client";
// @taskwire/client/react: hooks. An error that no retry can change is thrown to the nearest error boundary.
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { CallerOptions } from "./calls.ts";
import type { ConnectionState, LiveList, Taskwire } from "./client.ts";
import type { TaskwireError } from "./error.ts";
import { mayHaveStarted, newKey, type StartOptions } from "./http.ts";
import type { Live } from "./live.ts";
import { type Drafts, draftOf, draftsOf, type ListedTask, NO_DRAFTS, withDrafts, withoutHidden } from "./optimistic.ts";
import type {
  Batch,
  BatchRequest,
  ChannelAnswer,
  Content,
  GenerateRequest,
  ListQuery,
  Started,
  Task,
  Usage,
} from "./wire.ts";

export type { ListedTask } from "./optimistic.ts";

const Context = createContext<Taskwire | null>(null);

export interface TaskwireProviderProps {
  client: Taskwire;
  children?: ReactNode;
}

export function TaskwireProvider({ client, children }: TaskwireProviderProps): ReactElement {
  return createElement(Context.Provider, { value: client }, children);
}

/** The client, for calls that have no hook. */
export function useTaskwire(): Taskwire {
  const client = useContext(Context);
  if (!client) throw new Error("There is no <TaskwireProvider> around this component.");
  return client;
}

/** An id to watch. With `"skip"`, null or undefined, nothing is watched. */
export type Id = string | null | undefined | "skip";

function useLive<T>(live: Live<T> | null): T | undefined {
  const subscribe = useCallback(
    (notify: () => void) => live?.subscribe(notify, { onError: notify }) ?? (() => {}),
    [live],
  );
  const news = useSyncExternalStore<T | TaskwireError | undefined>(
    subscribe,
    () => live?.error ?? live?.current,
    () => undefined,
  );
  if (news !== undefined && news === live?.error) throw news;
  return news as T | undefined;
}

type Watch<T> = (client: Taskwire, id: string) => Live<T>;

/** `watch` must be the same function in every render. */
function useLiveById<T>(id: Id, watch: Watch<T>): T | undefined {
  const client = useTaskwire();
  return useLive(useMemo(() => (id && id !== "skip" ? watch(client, id) : null), [client, id, watch]));
}

export interface UseTaskOptions {
  /** Watches the task with this ticket, without a token. */
  ticket?: string | undefined;
}

/** Watches a task. Undefined while it loads. */
export function useTask(id: Id, { ticket }: UseTaskOptions = {}): Task | undefined {
  return useLiveById(
    id,
    useCallback((client, id) => client.task(id, { ticket }), [ticket]),
  );
}

const watchBatch: Watch<readonly Task[]> = (client, id) => client.batch(id);

/** Watches a batch: its tasks in the order of the request, refused ones included. Undefined while it loads. */
export function useBatch(id: Id): readonly Task[] | undefined {
  return useLiveById(id, watchBatch);
}

const watchChannel: Watch<ChannelAnswer> = (client, id) => client.channel(id);

/** Watches a channel and the first row that came of it. Undefined while it loads. */
export function useChannel(id: Id): ChannelAnswer | undefined {
  return useLiveById(id, watchChannel);
}

export type PaginationStatus = "LoadingFirstPage" | "CanLoadMore" | "LoadingMore" | "Exhausted";

export interface Paginated<T> {
  /** Newest first. Empty while the first page loads. */
  results: readonly T[];
  status: PaginationStatus;
  isLoading: boolean;
  /** Does nothing while a page loads, or after the last page. */
  loadMore: (numItems?: number) => void;
  /** Why the last page could not be loaded. The next `loadMore` clears it. */
  error: TaskwireError | null;
}

export interface PaginationOptions {
  /** 20 by default. A list is shared, so the first component that watches it decides. */
  initialNumItems?: number;
}

const NOTHING: readonly never[] = [];

function usePages<T, Q extends ListQuery>(live: LiveList<T, Q> | null): Paginated<T> {
  const list = useLive(live);
  const loading = useRef<AbortController | null>(null);
  const [page, setPage] = useState<{ isLoading: boolean; error: TaskwireError | null }>({
    isLoading: false,
    error: null,
  });

  useEffect(() => {
    if (!live) return;
    return () => {
      loading.current?.abort();
      loading.current = null;
      setPage({ isLoading: false, error: null });
    };
  }, [live]);

  const loadMore = useCallback(
    (numItems?: number) => {
      if (loading.current || !live?.current?.nextCursor) return;
      const aborter = new AbortController();
      loading.current = aborter;
      const settle = (error: TaskwireError | null): void => {
        if (loading.current !== aborter) return;
        loading.current = null;
        setPage({ isLoading: false, error });
      };
      setPage({ isLoading: true, error: null });
      live.loadMore(numItems, { signal: aborter.signal }).then(() => settle(null), settle);
    },
    [live],
  );

  const status = !list
    ? "LoadingFirstPage"
    : page.isLoading
      ? "LoadingMore"
      : list.nextCursor
        ? "CanLoadMore"
        : "Exhausted";
  return {
    results: list?.items ?? NOTHING,
    status,
    isLoading: status.startsWith("Loading"),
    loadMore,
    error: page.error,
  };
}

function useDrafts(client: Taskwire): Drafts {
  const store = draftsOf(client);
  return useSyncExternalStore(
    store.subscribe,
    () => store.current,
    () => NO_DRAFTS,
  );
}

/**
 * Watches all tasks of the user. Tasks that `useGenerate` is starting are on top. Those that `useDeleteTask` is deleting
 * are left out.
 */
export function useTasks(options: PaginationOptions | "skip" = {}): Paginated<ListedTask> {
  const client = useTaskwire();
  const pageSize = options === "skip" ? 0 : options.initialNumItems;
  const live = useMemo(() => (pageSize === 0 ? null : client.tasks({ pageSize })), [client, pageSize]);
  const pages = usePages(live);
  const drafts = useDrafts(client);
  const results = useMemo(
    () =>
      live
        ? withDrafts(
            withoutHidden(pages.results, drafts, ({ taskId }) => taskId),
            drafts,
          )
        : pages.results,
    [live, pages.results, drafts],
  );
  return { ...pages, results };
}

/** Watches all content. Rows that `useDeleteContent` is deleting are left out. */
export function useContent(options: PaginationOptions | "skip" = {}): Paginated<Content> {
  const client = useTaskwire();
  const pageSize = options === "skip" ? 0 : options.initialNumItems;
  const pages = usePages(useMemo(() => (pageSize === 0 ? null : client.content({ pageSize })), [client, pageSize]));
  const drafts = useDrafts(client);
  const results = useMemo(() => withoutHidden(pages.results, drafts, ({ id }) => id), [pages.results, drafts]);
  return { ...pages, results };
}

type Send<Q, S> = (client: Taskwire, request: Q, options: StartOptions) => Promise<S>;
type Start<Q, S> = (request: Q, options?: StartOptions) => Promise<S>;

/** Keeps the key of a start whose answer was lost. The same request then gets that task, and is not paid for twice. */
function useStart<Q, S>(send: Send<Q, S>): Start<Q, S> {
  const client = useTaskwire();
  const lost = useRef<{ request: string; key: string } | null>(null);
  return useCallback(
    async (request, options) => {
      const text = JSON.stringify(request);
      const key = options?.idempotencyKey ?? (lost.current?.request === text ? lost.current.key : newKey());
      lost.current = null;
      try {
        return await send(client, request, { ...options, idempotencyKey: key });
      } catch (error) {
        const reason = error as TaskwireError;
        if (mayHaveStarted(reason) || reason.code === "aborted") lost.current = { request: text, key };
        throw error;
      }
    },
    [client, send],
  );
}

const generate: Send<GenerateRequest, Started> = async (client, request, options) => {
  const store = draftsOf(client);
  const draft = draftOf(request, client.tasks().current?.items ?? [], new Date().toISOString());
  store.add(draft);
  try {
    const started = await client.generate(request, options);
    store.remove(draft, started.taskId);
    return started;
  } catch (error) {
    store.remove(draft);
    throw error;
  }
};

const generateBatch: Send<BatchRequest, Batch> = (client, request, options) => client.generateBatch(request, options);

/**
 * Starts an image task. `useTasks` shows a pending row at once. The row becomes the task, or disappears if the start
 * fails. If the answer was lost, the same request does not pay twice.
 */
export function useGenerate(): Start<GenerateRequest, Started> {
  return useStart(generate);
}

/** Starts a batch: every prompt with every model. If the answer was lost, the same request does not pay twice. */
export function useGenerateBatch(): Start<BatchRequest, Batch> {
  return useStart(generateBatch);
}

type Delete = (id: string, options?: CallerOptions) => Promise<void>;

function useDelete(send: "deleteTask" | "deleteContent"): Delete {
  const client = useTaskwire();
  return useCallback(
    async (id, options) => {
      const show = draftsOf(client).hide(id);
      try {
        await client[send](id, options);
      } finally {
        // If it was deleted, the list does not have it any more.
        show();
      }
    },
    [client, send],
  );
}

/** Deletes a task. `useTasks` leaves it out at once, and shows it again if it could not be deleted. */
export function useDeleteTask(): Delete {
  return useDelete("deleteTask");
}

/** Deletes a row of content. `useContent` leaves it out at once, and shows it again if it could not be deleted. */
export function useDeleteContent(): Delete {
  return useDelete("deleteContent");
}

/** What is used of the user's limits, and what is left. Undefined while it loads. */
export function useUsage(): Usage | undefined {
  const client = useTaskwire();
  return useLive(useMemo(() => client.usage(), [client]));
}

export function useConnectionState(): ConnectionState {
  const { connectionState } = useTaskwire();
  return useSyncExternalStore<ConnectionState>(
    connectionState.subscribe,
    () => connectionState.current,
    () => "idle",
  );
}
