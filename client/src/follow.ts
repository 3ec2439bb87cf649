// New deliveries as they come, by polling: in order, and each once.
import type { Delivery, DeliveryFilter, DeliveryPage, DeliveryQuery } from "./admin_types.ts";
import { backoff } from "./backoff.ts";
import type { TaskwireError } from "./error.ts";

/** `paused`: the page is hidden. `reconnecting`: the last call failed, and is tried again. */
export type FollowState = "live" | "paused" | "reconnecting";

export interface FollowOptions extends DeliveryFilter {
  /**
   * Gets new deliveries, oldest first. What it returns is waited for before the cursor moves on. If it throws, the
   * following ends with that error.
   */
  onDeliveries: (deliveries: Delivery[]) => unknown;
  /** Gets the cursor for a later follower with the same filter, each time that it changes. */
  onCursor?: ((cursor: string) => void) | undefined;
  /** Gets the state when it changes, with the reason for `reconnecting`. */
  onState?: ((state: FollowState, error?: TaskwireError) => void) | undefined;
  /** Where to go on: a cursor from `onCursor`, with the same filter. */
  cursor?: string | undefined;
  /**
   * The newest delivery that is known already: what came after it is told. Null: none is known. By default, what comes
   * from now on is told.
   */
  after?: Pick<Delivery, "id" | "at"> | null | undefined;
  /** Ends the following. */
  signal?: AbortSignal | undefined;
  /** The pause between two calls. */
  intervalMs?: number | undefined;
}

type Read = (query: DeliveryQuery, options: { signal: AbortSignal | undefined }) => Promise<DeliveryPage>;

const INTERVAL_MS = 2_000;
const LIMIT = 100;
/** How much later than its arrival a delivery may be stored, so that the ids are not in the order of the times. */
const LATE_MS = 5 * 60_000;
/** A cursor holds only for the filter that it was given for, so ours says from when on deliveries are read. */
const CURSOR = /^(?:(\S*Z) )?(.*)$/;

/** Resolves when `signal` is aborted. Rejects with an error that no retry can change. */
export async function follow(read: Read, options: FollowOptions): Promise<void> {
  const { onDeliveries, onCursor, onState, signal, intervalMs = INTERVAL_MS, task, verdict, provider } = options;
  const filter = { task, verdict, provider };
  let [, since = options.since, cursor] = CURSOR.exec(options.cursor ?? "") ?? [];
  let { after } = options;
  let state: FollowState | undefined;

  function say(next: FollowState, error?: TaskwireError): void {
    if (next !== state) onState?.(next, error);
    state = next;
  }

  async function next(): Promise<DeliveryPage> {
    // Without the filter: the newest one that fits may be days old, or too far back to be found.
    if (!cursor && after === undefined) after = (await read({ limit: 1 }, { signal })).deliveries[0] ?? null;
    if (!cursor && after) {
      const from = Date.parse(after.at) - LATE_MS;
      if (!since || Date.parse(since) < from) since = new Date(from).toISOString();
    }
    return await read({ ...filter, since, order: "oldest", limit: LIMIT, cursor }, { signal });
  }

  for (let failures = 0; !signal?.aborted; ) {
    if (globalThis.document?.hidden) {
      say("paused");
      await rest(undefined, signal);
      continue;
    }
    let page: DeliveryPage;
    try {
      page = await next();
    } catch (error) {
      if (signal?.aborted) return;
      if (!canPass(error as TaskwireError)) throw error;
      say("reconnecting", error as TaskwireError);
      await rest(backoff(failures++), signal);
      continue;
    }
    failures = 0;
    say("live");
    const known = Number(after?.id ?? 0);
    const fresh = page.deliveries.filter(({ id }) => Number(id) > known);
    if (fresh.length > 0) await onDeliveries(fresh);
    if (page.nextCursor && page.nextCursor !== cursor) {
      cursor = page.nextCursor;
      onCursor?.(since ? `${since} ${cursor}` : cursor);
    }
    if (page.deliveries.length < LIMIT) await rest(intervalMs, signal);
  }
}

/** Whether the same call may succeed later. */
function canPass({ status }: TaskwireError): boolean {
  return status < 400 || status >= 500 || status === 408 || status === 429;
}

/** Resolves after `ms`, when `signal` is aborted, or when the page is hidden or shown. Without `ms`, time alone does not end it. */
function rest(ms: number | undefined, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const { document } = globalThis;
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      document?.removeEventListener("visibilitychange", end);
      resolve();
    };
    const timer = ms === undefined ? undefined : setTimeout(end, ms);
    signal?.addEventListener("abort", end);
    document?.addEventListener("visibilitychange", end);
    if (signal?.aborted) end();
  });
}
