// A queue of events that a test can wait for.

const DEADLINE_MS = 5_000;
/** The real timers, because some tests mock the global ones. */
const { setTimeout, clearTimeout } = globalThis;

export class Queue<T> {
  readonly all: T[] = [];
  readonly #what: string;
  #taken = 0;
  readonly #looks = new Set<() => void>();

  constructor(what: string) {
    this.#what = what;
  }

  push(item: T): void {
    this.all.push(item);
    for (const look of [...this.#looks]) look();
  }

  /** The next item that was not taken yet. */
  async next(): Promise<T> {
    const at = this.#taken++;
    await this.until(() => this.all.length > at);
    return this.all[at] as T;
  }

  /** The first item that matches, whether it has arrived or is still to come. */
  find(isIt: (item: T) => boolean): Promise<T> {
    return this.until(() => this.all.find(isIt));
  }

  /** The first truthy result of `probe`, which runs now and after each new item. */
  until<R>(probe: () => R, deadlineMs = DEADLINE_MS): Promise<NonNullable<R>> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = probe();
        if (!found) return;
        this.#looks.delete(look);
        clearTimeout(timer);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#looks.delete(look);
        reject(
          new Error(
            `${this.#what} did not come within ${deadlineMs} ms: ${probe}; so far ${JSON.stringify(this.all).slice(0, 500)}`,
          ),
        );
      }, deadlineMs);
      this.#looks.add(look);
      look();
    });
  }
}
