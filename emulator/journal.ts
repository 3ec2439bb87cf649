/**
 * What happened: requests that came in, webhooks that went out, and a way to wait for more.
 *
 * Keeps the newest entries only, so that an emulator left running for days stays small.
 */

import type { RequestRecord } from "./http.ts";
import type { Attempt } from "./mynth/delivery.ts";

/** More than any test looks back on, and some tens of megabytes at most. */
const KEPT = 20_000;

export class Journal {
  readonly requests: RequestRecord[] = [];
  readonly deliveries: Attempt[] = [];
  readonly #watchers = new Set<() => void>();

  addRequest(request: RequestRecord): void {
    this.add(this.requests, request);
  }

  addDelivery(attempt: Attempt): void {
    this.add(this.deliveries, attempt);
  }

  /** Adds to one of these lists or to one that is kept elsewhere, and lets everyone who waits look. */
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
