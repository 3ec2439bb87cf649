// The list of deliveries as it is shown: what was loaded, what has come since, and what waits while the list is paused. Pure.
import type { Delivery, DeliveryPage, FollowState } from "@taskwire/client/admin";

/** A list that grows by itself keeps no more. */
export const MOST = 500;

export interface Log {
  /** Newest first. */
  items: readonly Delivery[];
  /** Newer ones, which came while the list was paused. */
  held: readonly Delivery[];
  isPaused: boolean;
  /** What came after this id is highlighted. Null: nothing is. */
  freshAfter: number | null;
  /** What was not announced yet. */
  unsaid: readonly Delivery[];
  nextCursor: string | null;
  /** The end was cut off, so older ones have to be loaded from the beginning. */
  isCut: boolean;
  isLoaded: boolean;
  state: FollowState | null;
}

export const EMPTY: Log = {
  items: [],
  held: [],
  isPaused: false,
  freshAfter: null,
  unsaid: [],
  nextCursor: null,
  isCut: false,
  isLoaded: false,
  state: null,
};

const idOf = (delivery: Delivery | undefined): number => Number(delivery?.id ?? 0);

export const isFresh = ({ freshAfter }: Log, delivery: Delivery): boolean =>
  freshAfter !== null && idOf(delivery) > freshAfter;

/** Another list is asked for. What was there stays to be seen until that has come, so that nothing jumps. */
export const restart = ({ items, isPaused }: Log): Log => ({ ...EMPTY, items, isPaused });

/** The first page. */
export const begin = (log: Log, { deliveries, nextCursor }: DeliveryPage): Log => ({
  ...EMPTY,
  isPaused: log.isPaused,
  items: deliveries,
  nextCursor,
  isLoaded: true,
});

/** What has come, oldest first. Some of it may be known from the first page. */
export function take(log: Log, came: readonly Delivery[]): Log {
  const known = Math.max(idOf(log.items[0]), idOf(log.held[0]));
  const found = came.filter((delivery) => idOf(delivery) > known);
  if (found.length === 0) return log;
  const newest = found.toReversed();
  if (log.isPaused) return cut({ ...log, held: [...newest, ...log.held] });
  return cut({
    ...log,
    items: [...newest, ...log.items],
    freshAfter: log.freshAfter ?? idOf(log.items[0]),
    unsaid: [...log.unsaid, ...found],
  });
}

/** Shows what was held, and goes on. */
export function release(log: Log): Log {
  return take({ ...log, held: [], isPaused: false }, log.held.toReversed());
}

/** An older page. */
export const extend = (log: Log, { deliveries, nextCursor }: DeliveryPage): Log => ({
  ...log,
  items: [...log.items, ...deliveries],
  nextCursor,
});

function cut(log: Log): Log {
  const held = log.held.slice(0, MOST);
  if (log.items.length <= MOST) return { ...log, held };
  return { ...log, held, items: log.items.slice(0, MOST), nextCursor: null, isCut: true };
}
