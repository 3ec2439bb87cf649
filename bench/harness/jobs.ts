/** The jobs of the load generator, and their results. */

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
  /** Of each call, in milliseconds, in the order in which they began. */
  ms: number[];
  /** From the first to the last, in seconds. */
  seconds: number;
  /** The answers, if `keep` is set. */
  bodies: string[];
}

export interface Plug {
  path: string;
  ticket: string;
  /** The task that is watched; null for a feed. */
  taskId: string | null;
}

/** Opens sockets that stay open until `hangUp`, and waits for the first frame on each. */
export interface Plugs {
  do: "plug";
  base: string;
  plugs: Plug[];
  concurrency: number;
  /** How many frames a feed begins with. */
  frames?: number;
}

export interface Plugged {
  /** From the call to the first frame of each. */
  ms: number[];
  /** To the last of `frames`. */
  lastMs: number[];
}

/** Sends webhooks, and waits for the frames with the completed tasks on all open sockets that show them. */
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
