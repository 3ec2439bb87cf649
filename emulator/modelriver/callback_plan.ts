/** How callbacks go wrong on purpose. A plan that only delays them takes them after all. */

export interface CallbackPlan {
  /** Answered so, and not taken. */
  status?: number;
  /** Where a status of 3xx leads to; without it, to another path of the emulator. */
  location?: string;
  /** The connection is cut with no answer, before or after the callback is taken. */
  cut?: "before" | "after";
  /** Waited before any of it. */
  delayMs?: number;
  /** The first so many callbacks of a channel only. */
  times?: number;
  /** 0 to 1: the share of callbacks it happens to. */
  rate?: number;
}
