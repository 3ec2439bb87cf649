/** What happened in a run, line by line; and what has gone wrong in it. Decides nothing. */

/**
 * `lost`: something does not agree with the provider's word. `doubled`: a wish was paid for twice.
 * `regression`: a watcher or a reader was shown something that went back. `forged`: a webhook that
 * the provider did not sign was taken. `broken`: the harness could not go on.
 */
export type Fault = "lost" | "doubled" | "regression" | "forged" | "broken";

export interface Problem {
  fault: Fault;
  text: string;
}

export class History {
  readonly lines: string[] = [];
  readonly problems: Problem[] = [];
  /** Faults that took effect, by kind. */
  readonly injected = new Map<string, number>();
  readonly #began = performance.now();

  note(text: string): void {
    this.lines.push(`${String(Math.round(performance.now() - this.#began)).padStart(6)} ms  ${text}`);
  }

  inject(kind: string): void {
    this.injected.set(kind, (this.injected.get(kind) ?? 0) + 1);
  }

  blame(fault: Fault, text: string): void {
    this.problems.push({ fault, text });
    this.note(`!! ${fault}: ${text}`);
  }
}
