/** A watcher of the content feed that is told to go and does not: it holds up nobody else. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { eventOf, inventedChannelId, tell } from "./support/river.ts";
import { watchContent } from "./support/river_watcher.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");

/** More than the feed reads at once. */
const ROWS = 130;

describe("a watcher that does not answer when it is closed", { timeout: 90_000 }, () => {
  test("holds up neither the feed nor the webhooks", async () => {
    const [stuck, watcher] = [await watchContent(ada), await watchContent(ada)];
    try {
      const more = (n: number) =>
        tell(app.base, eventOf(inventedChannelId(), { title: `${n}` }, { customer_data: { user_id: "ada" } }));
      await more(0);
      for (const one of [stuck, watcher]) await one.until(({ ids }) => ids.length === 1);
      // It says what it may not, and reads no more: the object has closed it, and it is still there.
      stuck.socket.pause();
      await new Promise((sent) => stuck.socket.send("x".repeat(5000), sent));
      for (let n = 1; n <= ROWS; n += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => more(n + i)));
      await watcher.until(({ ids }) => ids.length === ROWS + 1, 15_000);
      const late = await watchContent(ada, `?after=${watcher.ids[0]}`);
      await late.until(({ ids }) => ids.length === ROWS, 15_000);
      assert.deepEqual(late.ids, watcher.ids.slice(1));
      late.terminate();
      stuck.socket.resume();
      assert.equal((await stuck.until(({ closed }) => closed)).code, 1009);
    } finally {
      for (const one of [stuck, watcher]) one.terminate();
    }
  });
});
