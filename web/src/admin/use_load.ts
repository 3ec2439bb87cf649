// A value that is loaded, and loaded again: on request, or every so often while the page is seen.
import type { TaskwireError } from "@taskwire/client/admin";
import { useCallback, useEffect, useState } from "react";
import { isAboutAll } from "./context.ts";

export interface Loaded<T> {
  /** The last one. It stays while another is loaded, and if that fails. */
  value: T | undefined;
  error: TaskwireError | null;
  reload: () => void;
}

/** `load` must be the same function for the same value: a new one begins anew. */
export function useLoad<T>(load: (options: { signal: AbortSignal }) => Promise<T>, everyMs?: number): Loaded<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<TaskwireError | null>(null);
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((round) => round + 1), []);

  // Each round loads again.
  useEffect(() => {
    const aborter = new AbortController();
    load({ signal: aborter.signal }).then(
      (loaded) => {
        if (aborter.signal.aborted) return;
        setValue(() => loaded);
        setError(null);
      },
      (error: TaskwireError) => aborter.signal.aborted || setError(error),
    );
    return () => aborter.abort();
  }, [load, round]);

  useEffect(() => {
    if (!everyMs) return;
    const timer = setInterval(() => document.hidden || reload(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);

  if (error && isAboutAll(error)) throw error;
  return { value, error, reload };
}
