// A live value and its link. All subscribers share it. It is kept for a moment after the last one has left.
import { erased } from "./error.ts";
import { type Link, type LinkState, openLink, type Source, type Transport } from "./link.ts";
import type { Gone } from "./list.ts";
import { type Cell, createCell } from "./live.ts";
import type { Ticket } from "./wire.ts";

export interface Entry<T> extends Cell<T> {
  state?: LinkState | undefined;
  /** The ticket of its first socket, if it came with a start. */
  ticket: Ticket | undefined;
  wake(): void;
  /** Takes what was erased out of the value. A value that was itself erased fails. */
  strip(gone: Gone): void;
  drop(): void;
}

/** How long a link outlives its last subscriber. A page that re-renders subscribes again soon. */
export const GRACE_MS = 3_000;

export interface EntryOptions extends Transport {
  onState: () => void;
  onDrop: () => void;
}

export function createEntry<T>(source: Source<T>, options: EntryOptions): Entry<T> {
  const cell = createCell<T>(settle);
  let link: Link | undefined;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;
  let isDropped = false;

  const { put } = cell;
  const entry: Entry<T> = Object.assign(cell, {
    put: (value: T) => put(source.strip?.(value) ?? value),
    strip(gone: Gone) {
      if (!gone.has(source.id)) cell.current !== undefined && cell.put(cell.current);
      else cell.error || cell.fail(erased());
    },
    ticket: source.lent,
    wake: () => link?.wake(),
    drop() {
      isDropped = true;
      cell.listeners.clear();
      clearTimeout(idleTimer);
      unlink();
      options.onDrop();
    },
  });

  /** Opens a link if there are subscribers, and closes it if the value is final. */
  function settle(): void {
    if (isDropped) return;
    clearTimeout(idleTimer);
    const { current, error } = cell;
    if (error || (current !== undefined && source.isFinal?.(current))) unlink();
    else if (cell.listeners.size) link ??= openLink(source, cell, options, entry.ticket, setState);
    // A failed entry goes at once, so that the next subscriber tries again.
    if (!cell.listeners.size) idleTimer = setTimeout(entry.drop, error ? 0 : GRACE_MS);
  }

  function unlink(): void {
    link?.close();
    link = undefined;
    setState(undefined);
  }

  function setState(state: LinkState | undefined): void {
    entry.state = state;
    options.onState();
  }

  return entry;
}
