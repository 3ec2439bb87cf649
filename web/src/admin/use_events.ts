// The list of events out: its first page, read again every so often, and older pages on request.
import type { EventOut, TaskwireError } from "@taskwire/client/admin";
import { useCallback, useState } from "react";
import type { EventChoice } from "./address.ts";
import { useAdmin } from "./context.ts";
import { type Loaded, useLoad } from "./use_load.ts";

const PAGE = 50;
const EVERY_MS = 10_000;

interface Events {
  events: readonly EventOut[];
  nextCursor: string | null;
}

export interface EventList extends Loaded<Events> {
  isLoadingMore: boolean;
  loadMore: () => void;
}

/** The choice must not change: the list is made anew for another. */
export function useEvents({ status, task }: EventChoice): EventList {
  const admin = useAdmin();
  const [older, setOlder] = useState<Events>();
  const [more, setMore] = useState<{ isLoading: boolean; error: TaskwireError | null }>({
    isLoading: false,
    error: null,
  });
  const query = useCallback(
    (cursor: string | null, options?: { signal: AbortSignal }) =>
      admin.events({ state: status as EventOut["state"], task, limit: PAGE, cursor }, options),
    [admin, status, task],
  );
  const load = useCallback((options: { signal: AbortSignal }) => query(null, options), [query]);
  const { value, error, reload } = useLoad(load, EVERY_MS);

  // What was loaded before may have moved down to the older pages meanwhile.
  const first = value?.events ?? [];
  const known = new Set(first.map(({ id }) => id));
  const nextCursor = older ? older.nextCursor : (value?.nextCursor ?? null);
  const loadMore = useCallback(() => {
    if (!nextCursor || more.isLoading) return;
    setMore({ isLoading: true, error: null });
    query(nextCursor).then(
      (page) => {
        setOlder((older) => ({ ...page, events: [...(older?.events ?? first), ...page.events] }));
        setMore({ isLoading: false, error: null });
      },
      (error: TaskwireError) => setMore({ isLoading: false, error }),
    );
  }, [query, nextCursor, more.isLoading, first]);

  return {
    value: value && {
      events: [...first, ...(older?.events ?? []).filter(({ id }) => !known.has(id))],
      nextCursor,
    },
    error: error ?? more.error,
    reload,
    isLoadingMore: more.isLoading,
    loadMore,
  };
}
