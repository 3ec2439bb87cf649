// The address bar as a value: where the page is, and how it gets elsewhere without being loaded again.
import { useSyncExternalStore } from "react";

export interface Place {
  path: string;
  hash: string;
  /** What was put there with the address. It outlasts a reload. */
  state: unknown;
}

const listeners = new Set<() => void>();
let place = read();
let hasMoved = false;

function read(): Place {
  return { path: location.pathname, hash: location.hash, state: history.state };
}

/** Also after somebody else has changed the address, as a sign-in does. */
function current(): Place {
  if (place.path !== location.pathname || place.hash !== location.hash) place = read();
  return place;
}

function changed(): void {
  hasMoved = true;
  place = read();
  for (const listener of [...listeners]) listener();
}

addEventListener("popstate", changed);
addEventListener("hashchange", changed);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, current);
}

export interface NavigateOptions {
  /** Not another step in the history. */
  replace?: boolean;
  state?: unknown;
}

export function navigate(path: string, { replace = false, state = null }: NavigateOptions = {}): void {
  if (replace) {
    history.replaceState(state, "", path);
  } else {
    history.pushState(state, "", path);
    scrollTo(0, 0);
  }
  changed();
}

/** Whether this view was gone to from another one: then it has to say where one is. */
export function isElsewhere(): boolean {
  return hasMoved;
}
