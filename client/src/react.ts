"use client";
// @taskwire/client/react: the same values as hooks. What ends for good is thrown, for the nearest error boundary.
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
import type { ConnectionState, LiveList, Taskwire } from "./client.ts";
import type { TaskwireError } from "./error.ts";
import { mayHaveStarted, newKey, type StartOptions } from "./http.ts";
import type { Live } from "./live.ts";
import { draftOf, draftsOf, type ListedTask, NO_DRAFTS, withDrafts } from "./optimistic.ts";
import type { Batch, BatchRequest, ChannelAnswer, Content, GenerateRequest, ListQuery, Started, Task } from "./wire.ts";

export type { ListedTask } from "./optimistic.ts";

const Context = createContext<Taskwire | null>(null);

export interface TaskwireProviderProps {
  client: Taskwire;
  children?: ReactNode;
}

export function TaskwireProvider({ client, children }: TaskwireProviderProps): ReactElement {
  return createElement(Context.Provider, { value: client }, children);
}

/** The client, for everything that has no hook. */
export function useTaskwire(): Taskwire {
  const client = useContext(Context);
  if (!client) throw new Error("There is no <TaskwireProvider> around this component.");
  return client;
}

/** What is watched, or nothing for now: an id that is not there yet is skipped too. */
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
  /** Somebody's ticket: the task is watched with that alone. */
  ticket?: string | undefined;
}

/** The task, `undefined` while it loads. */
export function useTask(id: Id, { ticket }: UseTaskOptions = {}): Task | undefined {
  return useLiveById(
    id,
    useCallback((client, id) => client.task(id, { ticket }), [ticket]),
  );
}

const watchBatch: Watch<readonly Task[]> = (client, id) => client.batch(id);

/** The tasks of a batch in the order they were asked for, refused ones too, `undefined` while it loads. */
export function useBatch(id: Id): readonly Task[] | undefined {
  return useLiveById(id, watchBatch);
}

const watchChannel: Watch<ChannelAnswer> = (client, id) => client.channel(id);

/** The channel and what it made, `undefined` while it loads. */
export function useChannel(id: Id): ChannelAnswer | undefined {
  return useLiveById(id, watchChannel);
}

export type PaginationStatus = "LoadingFirstPage" | "CanLoadMore" | "LoadingMore" | "Exhausted";

export interface Paginated<T> {
  /** Newest first, empty while the first page loads. */
  results: readonly T[];
  status: PaginationStatus;
  isLoading: boolean;
  /** Does nothing while a page loads, or when there is none. */
  loadMore: (numItems?: number) => void;
  /** Why the last page could not be loaded. The next try forgets it. */
  error: TaskwireError | null;
}

export interface PaginationOptions {
  /** 20 if it is left out. Lists are shared: the first one who watches decides. */
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
      live.loadMore(numItems, aborter).then(() => settle(null), settle);
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

/** All the user's tasks, live, with those on top that `useGenerate` is about to start. */
export function useTasks(options: PaginationOptions | "skip" = {}): Paginated<ListedTask> {
  const client = useTaskwire();
  const pageSize = options === "skip" ? 0 : options.initialNumItems;
  const live = useMemo(() => (pageSize === 0 ? null : client.tasks({ pageSize })), [client, pageSize]);
  const pages = usePages(live);
  const store = draftsOf(client);
  const drafts = useSyncExternalStore(
    store.subscribe,
    () => store.current,
    () => NO_DRAFTS,
  );
  const results = useMemo(
    () => (live ? withDrafts(pages.results, drafts) : pages.results),
    [live, pages.results, drafts],
  );
  return { ...pages, results };
}

/** All content, live. */
export function useContent(options: PaginationOptions | "skip" = {}): Paginated<Content> {
  const client = useTaskwire();
  const pageSize = options === "skip" ? 0 : options.initialNumItems;
  return usePages(useMemo(() => (pageSize === 0 ? null : client.content({ pageSize })), [client, pageSize]));
}

type Send<Q, S> = (client: Taskwire, request: Q, options: StartOptions) => Promise<S>;
type Start<Q, S> = (request: Q, options?: StartOptions) => Promise<S>;

/** A start without an answer keeps its key: asked for again in the same words, it is not paid for twice. */
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
 * Starts an image task. `useTasks` shows a pending row at once. The row becomes the task, or disappears when the start
 * fails. A start whose answer was lost is not paid for twice when the same request is made again.
 */
export function useGenerate(): Start<GenerateRequest, Started> {
  return useStart(generate);
}

/** Starts a batch: every prompt with every model. As with `useGenerate`, a lost answer does not cost a second payment. */
export function useGenerateBatch(): Start<BatchRequest, Batch> {
  return useStart(generateBatch);
}

export function useConnectionState(): ConnectionState {
  const { connectionState } = useTaskwire();
  return useSyncExternalStore<ConnectionState>(
    connectionState.subscribe,
    () => connectionState.current,
    () => "idle",
  );
}
