// The list of deliveries: its first page, what comes, and older pages on request.
import type { TaskwireError } from "@taskwire/client/admin";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type DeliveryChoice, sinceOf } from "./address.ts";
import { isAboutAll, useAdmin } from "./context.ts";
import { begin, EMPTY, extend, type Log, release, restart, take } from "./log.ts";
import { summaryOf } from "./verdicts.ts";

const PAGE = 50;
/** How long what has come is highlighted. */
const FRESH_MS = 8_000;
/** What comes together is announced together. */
const SAY_AFTER_MS = 1_500;

export interface Deliveries {
  log: Log;
  error: TaskwireError | null;
  isLoadingMore: boolean;
  /** What is announced. */
  said: string;
  pause: () => void;
  resume: () => void;
  loadMore: () => void;
  /** Begins at the newest again. */
  reload: () => void;
}

export function useDeliveries({ verdict, provider, task, since }: DeliveryChoice): Deliveries {
  const admin = useAdmin();
  const [log, setLog] = useState(EMPTY);
  const [error, setError] = useState<TaskwireError | null>(null);
  const [isLoadingMore, setLoadingMore] = useState(false);
  const [said, setSaid] = useState("");
  const [round, setRound] = useState(0);
  // A cursor holds for one time, so "an hour ago" is told once.
  const filter = useMemo(
    () => ({ verdict, provider, task, since: sinceOf(since, Date.now()) }),
    [verdict, provider, task, since],
  );
  const current = useRef<AbortController>(undefined);

  // Each round begins anew.
  useEffect(() => {
    const aborter = new AbortController();
    const { signal } = aborter;
    current.current = aborter;
    const run = async (): Promise<void> => {
      // Whatever the filter: the newest one that fits may be days old, and everything since would be read again.
      const newest = await admin.deliveries({ limit: 1 }, { signal });
      const page = await admin.deliveries({ ...filter, limit: PAGE }, { signal });
      if (signal.aborted) return;
      setLog((log) => begin(log, page));
      await admin.follow({
        ...filter,
        after: newest.deliveries[0] ?? null,
        signal,
        onDeliveries: (found) => signal.aborted || setLog((log) => take(log, found)),
        onState: (state) => signal.aborted || setLog((log) => ({ ...log, state })),
      });
    };
    setError(null);
    setLoadingMore(false);
    setLog(restart);
    run().catch((error: TaskwireError) => signal.aborted || setError(error));
    return () => aborter.abort();
  }, [admin, filter, round]);

  const { freshAfter, unsaid, nextCursor } = log;
  const newest = log.items[0]?.id;
  // With each newer delivery, the time begins anew.
  useEffect(() => {
    if (freshAfter === null) return;
    const timer = setTimeout(() => setLog((log) => ({ ...log, freshAfter: null })), FRESH_MS);
    return () => clearTimeout(timer);
  }, [freshAfter, newest]);

  const hasNews = unsaid.length > 0;
  const news = useRef(unsaid);
  news.current = unsaid;
  useEffect(() => {
    if (!hasNews) return;
    const timer = setTimeout(() => {
      setSaid(summaryOf(news.current));
      setLog((log) => ({ ...log, unsaid: [] }));
    }, SAY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [hasNews]);

  const loadMore = useCallback(() => {
    const signal = current.current?.signal;
    if (!nextCursor || !signal || isLoadingMore) return;
    setLoadingMore(true);
    setError(null);
    admin
      .deliveries({ ...filter, limit: PAGE, cursor: nextCursor }, { signal })
      .then(
        (page) => signal.aborted || setLog((log) => extend(log, page)),
        (error: TaskwireError) => signal.aborted || setError(error),
      )
      .finally(() => signal.aborted || setLoadingMore(false));
  }, [admin, filter, nextCursor, isLoadingMore]);

  if (error && isAboutAll(error)) throw error;
  return {
    log,
    error,
    isLoadingMore,
    said,
    pause: useCallback(() => setLog((log) => ({ ...log, isPaused: true })), []),
    resume: useCallback(() => setLog(release), []),
    loadMore,
    reload: useCallback(() => setRound((round) => round + 1), []),
  };
}
