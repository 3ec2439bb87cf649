/** What the load generator is asked to do, and what it says. */

export interface Call {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Calls {
  do: "calls";
  base: string;
  calls: Call[];
  concurrency: number;
  /** Any other status is an error. */
  expect: number;
  keep?: boolean;
}

export interface Called {
  /** Of each call, in milliseconds, in the order in which they were begun. */
  ms: number[];
  /** From the first to the last, in seconds. */
  seconds: number;
  /** The answers, where they are kept. */
  bodies: string[];
}

export interface Plug {
  path: string;
  ticket: string;
  /** The task that is watched; none on a feed. */
  taskId: string | null;
}

/** Opens sockets that stay open until `hangUp`, and waits for the first frame on each. */
export interface Plugs {
  do: "plug";
  base: string;
  plugs: Plug[];
  concurrency: number;
  /** How many frames come before it is up to date, on a feed. */
  frames?: number;
}

export interface Plugged {
  /** From the call to the first frame of each. */
  ms: number[];
  /** To the last of `frames`. */
  lastMs: number[];
}

/** Sends webhooks, and waits for the frames with the ended tasks on all open sockets that show them. */
export interface Watched {
  do: "watch";
  base: string;
  letters: { call: Call; taskId: string }[];
  concurrency: number;
}

export interface Seen {
  answerMs: number[];
  /** To the first and the last frame of each. */
  firstMs: number[];
  lastMs: number[];
  seconds: number;
}

export interface HangUp {
  do: "hangUp";
}

export type Job = Calls | Plugs | Watched | HangUp;
