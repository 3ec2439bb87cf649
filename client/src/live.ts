// Observable values.
import type { TaskwireError } from "./error.ts";
import type { Tagged } from "./http.ts";

export interface SubscribeOptions {
  /** Ends the subscription, like the function that `subscribe` returns. */
  signal?: AbortSignal | undefined;
  /** Called for errors that no retry can change: not found, not allowed, signed out. All others are retried. */
  onError?: ((error: TaskwireError) => void) | undefined;
}

/** A value that is kept up to date while it has subscribers. */
export interface Live<T> {
  /** The latest known value. */
  readonly current: T | undefined;
  /** Why the subscription ended, if it failed. */
  readonly error: TaskwireError | undefined;
  /** Calls `listener` at once if there is a value, and with each newer one. Returns the function that unsubscribes. */
  subscribe(listener: (value: T) => void, options?: SubscribeOptions): () => void;
}

/** A live value, as its owner sees it. */
export interface Cell<T> extends Tagged {
  current?: T | undefined;
  error?: TaskwireError | undefined;
  readonly listeners: Set<Listener<T>>;
  put(value: T): void;
  fail(error: TaskwireError): void;
  subscribe: Live<T>["subscribe"];
}

interface Listener<T> {
  listener: (value: T) => void;
  onError: (error: TaskwireError) => void;
  /** The last value or error it received. */
  told?: T | TaskwireError | undefined;
}

/** `onChange` runs when a subscriber joins or leaves, and before subscribers hear of a change. */
export function createCell<T>(onChange: () => void): Cell<T> {
  const listeners = new Set<Listener<T>>();

  function tell(one: Listener<T>): void {
    const { current, error } = cell;
    const news = error ?? current;
    if (news === one.told) return;
    one.told = news;
    try {
      if (error) one.onError(error);
      else one.listener(current as T);
    } catch (thrown) {
      // A listener that throws must not stop the others.
      console.error(thrown);
    }
  }

  const cell: Cell<T> = {
    listeners,
    put(value) {
      if (value === cell.current) return;
      cell.current = value;
      onChange();
      listeners.forEach(tell);
    },
    fail(error) {
      cell.error = error;
      onChange();
      listeners.forEach(tell);
    },
    subscribe(listener, { signal, onError = console.error } = {}) {
      const one: Listener<T> = { listener, onError };
      const leave = (): void => {
        signal?.removeEventListener("abort", leave);
        if (listeners.delete(one)) onChange();
      };
      if (signal?.aborted) return leave;
      signal?.addEventListener("abort", leave);
      listeners.add(one);
      tell(one);
      onChange();
      return leave;
    },
  };
  return cell;
}
