// Values that can be watched, by anybody and however often.
import type { TaskwireError } from "./error.ts";
import type { Tagged } from "./http.ts";

export interface SubscribeOptions {
  /** Ends the subscription, like the function that `subscribe` returns. */
  signal?: AbortSignal | undefined;
  /** There is no use in trying again: it is gone, it is another's, the session is over. Everything else is retried. */
  onError?: ((error: TaskwireError) => void) | undefined;
}

/** A value that is kept up to date while anybody subscribes to it. */
export interface Live<T> {
  /** What is known of it now. */
  readonly current: T | undefined;
  /** Why it ended. */
  readonly error: TaskwireError | undefined;
  /** Calls `listener` at once if there is a value, and at every newer one. Returns what ends it. */
  subscribe(listener: (value: T) => void, options?: SubscribeOptions): () => void;
}

/** A live value from the inside. */
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
  /** What it was last told. */
  told?: T | TaskwireError | undefined;
}

/** `onChange` is told whenever somebody comes or leaves, and of every change before anybody else is. */
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
      // One who listens badly must not keep the others from hearing.
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
