/** A user has twenty sockets on each of his feeds. One more is refused until one of them is closed. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { type Api, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { WORKER } from "./support/deployment.ts";
import { eventually } from "./support/eventually.ts";
import { LiveSocket, open } from "./support/live_socket.ts";
import { contentLive } from "./support/river_watcher.ts";
import { type Live, upgrade } from "./support/watcher.ts";

const app = await startApp();
after(() => app.close());
const timeout = 60_000;
const MOST = 20;

class Socket extends LiveSocket {
  protected hear(): void {}
  protected get seen(): string {
    return "";
  }
}

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
});

async function join(live: Live): Promise<Socket> {
  const socket = await open(Socket, app.base, live);
  sockets.push(socket);
  return socket;
}

const oneMore = ({ url, ticket }: Live) => upgrade(app.base + url, { protocols: ["taskwire", `ticket.${ticket}`] });

async function tasksLive(user: Api): Promise<Live> {
  const answer = await user.call("/tasks/ticket", { method: "POST" });
  return { url: "/tasks/live", ticket: answer.body.ticket };
}

for (const [feed, prefix, live] of [
  ["tasks", "tasks", tasksLive],
  ["content", "content", contentLive],
] as const) {
  describe(`the ${feed} feed of one user`, { timeout }, () => {
    test("takes twenty sockets, and not two thousand", async () => {
      const user = `ada of ${feed}`;
      const at = await live(await app.as(user));
      await Promise.all(Array.from({ length: MOST }, () => join(at)));
      const { status, text, headers } = await oneMore(at);
      assertRefused({ status, text, headers, body: JSON.parse(text) }, 429, "too_many_sockets");
      // Nor does its sleep make it forget them.
      const evict = { name: `${prefix}:${user}`, webSockets: "hibernate" } as const;
      await app.worker.unsafeEvictDurableObject(WORKER, "FeedRoom", evict);
      assert.equal((await oneMore(at)).status, 429);
      // Another user has twenty of his own.
      await join(await live(await app.as(`eve of ${feed}`)));
      const [closed, gone] = sockets as [Socket, Socket];
      closed.close();
      await closed.until((socket) => socket.closed);
      gone.terminate();
      await join(at);
      await eventually(async () => (await oneMore(at)).status === 101, 10_000);
    });

    test("takes no more of those that come at once", async () => {
      const at = await live(await app.as(`bob of ${feed}`));
      const joined = await Promise.allSettled(Array.from({ length: 60 }, () => join(at)));
      assert.equal(joined.filter(({ status }) => status === "fulfilled").length, MOST);
      for (const socket of sockets) await socket.settled();
    });
  });
}

describe("a task, a batch and a channel", { timeout }, () => {
  test("have as many viewers as a link that is shared finds", async () => {
    const user = await app.as("ada");
    const { live } = await user.start();
    const batch = await user.post("/generate/batch", { prompts: ["a fox"], models: ["m/x"] });
    for (const at of [live, batch.body.live]) {
      await Promise.all(Array.from({ length: 3 * MOST }, () => join(at)));
      for (const socket of sockets.splice(0)) socket.terminate();
    }
  });
});
