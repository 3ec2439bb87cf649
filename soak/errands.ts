/** Things to be done later, independently. An error in one is a violation. */

import { setTimeout as delay } from "node:timers/promises";
import type { Book } from "./book.ts";

export class Errands {
  readonly #book: Book;
  readonly #open = new Set<Promise<void>>();

  constructor(book: Book) {
    this.#book = book;
  }

  after(ms: number, what: string, errand: () => Promise<unknown>): void {
    const done = (async () => {
      await delay(ms);
      await errand();
    })()
      .catch((error: Error) => this.#book.blame(what, error.message))
      .finally(() => this.#open.delete(done));
    this.#open.add(done);
  }

  /** Resolves when all are done, including those that they began. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }
}
