/** A connection that drops while a task is under way: by itself in a file, because it drops everyone's. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSite } from "./support/site.ts";
import { openBrowser, visiting } from "./support/visit.ts";

const [site, browser] = await Promise.all([startSite(), openBrowser()]);
after(async () => {
  await browser.close();
  await site.close();
});

/** What a browser has to say while there is no server. */
const AWAY =
  /^console: WebSocket connection to .* failed|^(console|request): .*ERR_(EMPTY_RESPONSE|CONNECTION_\w+|INTERNET_DISCONNECTED|NETWORK_CHANGED|SOCKET_NOT_CONNECTED)/;

test("what came while the connection was down is there when it is back", { timeout: 60_000 }, () =>
  visiting(
    browser,
    async (visit) => {
      await visit.signIn(site.url, "gwen");
      const task = await visit.generate("A storm over the sea", 3);
      site.wire.cut();
      try {
        await visit.connection("reconnecting");
        const [attempt] = await site.emulator.deliver(task.taskId);
        assert.equal(attempt?.status, 200);
        await task.shows(0);
      } finally {
        site.wire.mend();
      }
      await task.shows(3);
    },
    { expected: AWAY },
  ),
);

test("what came while the machine was offline is there when it is back", { timeout: 60_000 }, () =>
  visiting(
    browser,
    async (visit) => {
      await visit.signIn(site.url, "hugo");
      const task = await visit.generate("A lamp in the window", 2);
      // Going offline says so to the page, and the cut ends the socket that is open.
      await visit.page.context().setOffline(true);
      site.wire.cut();
      try {
        await visit.connection("offline");
        const [attempt] = await site.emulator.deliver(task.taskId);
        assert.equal(attempt?.status, 200);
        await task.shows(0);
      } finally {
        site.wire.mend();
      }
      await visit.page.context().setOffline(false);
      await task.shows(2);
      await visit.connection("live");
    },
    { expected: AWAY },
  ),
);
