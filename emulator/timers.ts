/** Timers that end with the emulator, and that keep no process alive. */

export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();
  #isClosed = false;

  /** Runs once after `ms`, unless the emulator closes first. */
  after(ms: number, run: () => void): void {
    if (this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      run();
    }, ms);
    this.#pending.add(timer.unref());
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#pending) clearTimeout(timer);
  }
}
