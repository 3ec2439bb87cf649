/** What happened in a run, line by line, and what went wrong. Decides nothing. */

/**
 * `lost`: something does not agree with the provider's book, or the app's own backend was not told. `overdrawn`: the
 * user's book does not agree with it. `doubled`: a wish was paid for twice, or an event was sent again after its 2xx.
 * `regression`: a watcher or a reader was shown an older state after a newer one. `forged`: an unsigned
 * webhook or an expired ticket was accepted. `leaked`: a watcher was shown another user's task. `kept`:
 * what was to be deleted is still there, or was brought back. `broken`: the harness failed.
 */
export type Fault = "lost" | "overdrawn" | "doubled" | "regression" | "forged" | "leaked" | "kept" | "broken";

export interface Problem {
  fault: Fault;
  text: string;
}

/** The effect of one webhook that was never sent. */
export interface Loss {
  /** Virtual milliseconds from the start to the provider's end. */
  tookMs: number;
  /** From then until the last of its watchers knew. */
  unknownMs: number;
  /** How often the provider was asked for the task. */
  looks: number;
}

/** Counts by name. */
export type Counts = Map<string, number>;

export function count(counts: Counts, name: string, times = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

export class History {
  readonly lines: string[] = [];
  readonly problems: Problem[] = [];
  /** Faults that took effect, by kind. */
  readonly injected: Counts = new Map();
  /** Tasks that the provider accepted, by kind; those of batches separately. */
  readonly started: Counts = new Map();
  /** Webhooks that were sent, by the generation of the wire format. */
  readonly sent: Counts = new Map();
  /** Tasks that their owner erased, by the status of the answer. */
  readonly erased: Counts = new Map();
  /** Events that the app's own backend has taken, by the road. */
  readonly told: Counts = new Map();
  readonly losses: Loss[] = [];
  readonly #began = performance.now();

  note(text: string): void {
    this.lines.push(`${String(Math.round(performance.now() - this.#began)).padStart(6)} ms  ${text}`);
  }

  inject(kind: string): void {
    count(this.injected, kind);
  }

  blame(fault: Fault, text: string): void {
    this.problems.push({ fault, text });
    this.note(`!! ${fault}: ${text}`);
  }
}
