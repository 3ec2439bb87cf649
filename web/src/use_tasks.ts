// The page's tasks, fed by the API and by the sockets. Components see plain lists and functions; how a task gets
// here is not their concern.
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { type Api, ApiError } from "./api.ts";
import { type Connection, createLiveTasks, type LiveTasks } from "./live_tasks.ts";
import { type Draft, EMPTY, listTasks, reduceTasks } from "./task_list.ts";
import type { GenerateInput, Task } from "./types.ts";

export interface History {
  tasks: Task[];
  isLoading: boolean;
  hasMore: boolean;
  error: ApiError | null;
  loadMore: () => void;
}

export interface Tasks {
  current: Task[];
  drafts: readonly Draft[];
  history: History;
  connection: Connection;
  /** Throws an ApiError. */
  generate: (input: GenerateInput) => Promise<void>;
}

export function useTasks(api: Api): Tasks {
  const [state, dispatch] = useReducer(reduceTasks, EMPTY);
  const [connection, setConnection] = useState<Connection>("idle");
  const live = useRef<LiveTasks | null>(null);
  const lost = useRef<{ body: string; key: string } | null>(null);
  // undefined: nothing loaded yet; null: the end.
  const [cursor, setCursor] = useState<string | null | undefined>(undefined);
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const loader = useRef<AbortController | null>(null);

  const load = useCallback(
    async (from: string | null) => {
      const controller = new AbortController();
      loader.current?.abort();
      loader.current = controller;
      setLoading(true);
      setError(null);
      try {
        const page = await api.listTasks(from, controller.signal);
        if (controller.signal.aborted) return;
        dispatch({ type: "loaded", tasks: page.tasks });
        setCursor(page.nextCursor);
        for (const task of page.tasks) live.current?.follow(task);
      } catch (cause) {
        if (!controller.signal.aborted && cause instanceof ApiError) setError(cause);
      } finally {
        if (!controller.signal.aborted) setLoading(false);
      }
    },
    [api],
  );

  useEffect(() => {
    live.current = createLiveTasks({
      api,
      onTask: (task) => dispatch({ type: "changed", task }),
      onConnection: setConnection,
    });
    void load(null);
    return () => {
      loader.current?.abort();
      live.current?.stop();
      live.current = null;
    };
  }, [api, load]);

  const generate = useCallback(
    async (input: GenerateInput) => {
      const body = JSON.stringify(input);
      // A start whose answer was lost is sent again under its own key: it must not be paid for twice.
      const key = lost.current?.body === body ? lost.current.key : crypto.randomUUID();
      lost.current = null;
      dispatch({ type: "drafted", draft: { key, input, createdAt: new Date().toISOString() } });
      try {
        const answer = await api.generate(input, key);
        dispatch({ type: "started", key, task: answer.task });
        live.current?.follow(answer.task, answer.live);
      } catch (cause) {
        if (cause instanceof ApiError && cause.isAnswerLost) lost.current = { body, key };
        dispatch({ type: "refused", key });
        throw cause;
      }
    },
    [api],
  );

  const { current, earlier } = useMemo(() => listTasks(state), [state]);

  return {
    current,
    drafts: state.drafts,
    history: {
      tasks: earlier,
      isLoading: isLoading || (cursor === undefined && error === null),
      hasMore: typeof cursor === "string" || (cursor === undefined && error !== null),
      error,
      loadMore: () => void load(cursor ?? null),
    },
    connection,
    generate,
  };
}
