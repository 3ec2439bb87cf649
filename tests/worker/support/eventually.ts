/** Polling for what gives no sign when it happens: a row in D1, a log line of another process. */

import { setTimeout as delay } from "node:timers/promises";

/** The first truthy result of `probe`. Rejects at the deadline, with the probe's last error. */
export async function eventually<T>(
  probe: () => Promise<T> | T,
  deadlineMs: number,
  what = String(probe),
): Promise<NonNullable<T>> {
  const end = Date.now() + deadlineMs;
  let last: unknown;
  do {
    try {
      last = undefined;
      const found = await probe();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await delay(25);
  } while (Date.now() < end);
  throw new Error(`not so within ${deadlineMs} ms: ${what}`, { cause: last });
}
