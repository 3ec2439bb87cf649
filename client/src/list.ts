// Lists that grow at both ends: older items come in pages, newer ones in frames. Pure functions.

/** Newest first. */
export interface List<T> {
  readonly items: readonly T[];
  /** The cursor of the next page. Null on the last page. */
  readonly nextCursor: string | null;
}

export interface Item {
  id?: string;
  taskId?: string | null;
  channelId?: string;
  createdAt: string;
}

/** The ids of what was erased. It has neither null nor undefined, and can be asked for both. */
export type Gone = Set<string | null | undefined>;

export interface Kind<T extends Item> {
  id: (item: T) => string;
  isNewer: (item: T, known: T) => boolean;
}

/** Merges `found` into `items`. Returns the same array if nothing changed. */
export function merge<T extends Item>(
  items: readonly T[],
  found: readonly T[],
  { id, isNewer }: Kind<T>,
): readonly T[] {
  let merged = items;
  for (const item of found.toReversed()) {
    const at = merged.findIndex((known) => id(known) === id(item));
    if (at < 0) {
      const older = merged.findIndex((known) => known.createdAt <= item.createdAt);
      merged = merged.toSpliced(older < 0 ? merged.length : older, 0, item);
    } else if (isNewer(item, merged[at] as T)) {
      merged = merged.with(at, item);
    }
  }
  return merged;
}

/** Merges one item from a frame. An item older than the whole list is skipped: it comes with its page. */
export function take<T extends Item>(list: List<T>, item: T, kind: Kind<T>): List<T> {
  const oldest = list.items.at(-1);
  const isNews = !oldest || !list.nextCursor || item.createdAt >= oldest.createdAt;
  const items = isNews ? merge(list.items, [item], kind) : list.items;
  return items === list.items ? list : { ...list, items };
}
