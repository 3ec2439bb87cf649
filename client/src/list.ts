// Lists that grow at both ends: pages at the old end, frames at the new. Pure.

/** Newest first. */
export interface List<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null once there is nothing older. */
  readonly nextCursor: string | null;
}

export interface Item {
  createdAt: string;
}

export interface Kind<T extends Item> {
  id: (item: T) => string;
  isNewer: (item: T, known: T) => boolean;
}

/** `items` with what was found, oldest last. The same array where nothing is news. */
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

/** Takes what a frame shows. What is older than everything here comes with its page. */
export function take<T extends Item>(list: List<T>, item: T, kind: Kind<T>): List<T> {
  const oldest = list.items.at(-1);
  const isNews = !oldest || !list.nextCursor || item.createdAt >= oldest.createdAt;
  const items = isNews ? merge(list.items, [item], kind) : list.items;
  return items === list.items ? list : { ...list, items };
}
