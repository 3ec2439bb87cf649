/**
 * What happened: requests that came in, what each provider keeps besides, and a way to wait for more.
 *
 * Keeps the newest entries only, so that an emulator left running for days stays small.
 */

import type { RequestRecord } from "./http.ts";

/** More than any test looks back on, and some tens of megabytes at most. */
const KEPT = 20_000;

export class Journal {
  readonly requests: RequestRecord[] = [];
  readonly #watchers = new Set<() => void>();

  /** Adds to a list, drops its oldest entry when it is full, and lets everyone who waits look. */
  add<T>(list: T[], entry: T): void {
    list.push(entry);
    if (list.length > KEPT) list.splice(0, list.length - KEPT);
    this.changed();
  }

  /** Lets everyone who waits look again. */
  changed(): void {
    for (const look of [...this.#watchers]) look();
  }

  /** The first truthy answer of `probe`, asked now and after every change. Rejects at the deadline. */
  until<T>(probe: () => T, deadlineMs = 5000): Promise<NonNullable<T>> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#watchers.delete(look);
        clearTimeout(timer);
      };
      const look = () => {
        try {
          const found = probe();
          if (!found) return;
          done();
          resolve(found);
        } catch (error) {
          done();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`not seen within ${deadlineMs} ms: ${probe}`));
      }, deadlineMs);
      this.#watchers.add(look);
      look();
    });
  }
}
