/** A socket ends with its ticket or its token: no frame comes after that, and it is closed even if none would come. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import type { Api } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { WORKER } from "./support/deployment.ts";
import { eventually } from "./support/eventually.ts";
import { type By, LiveSocket, open } from "./support/live_socket.ts";
import { ask, begin } from "./support/river.ts";
import { ticketOf } from "./support/tickets.ts";

const app = await startApp({ shim: true });
after(() => app.close());
const timeout = 60_000;
const EXPIRED = { code: 4401, reason: "expired" };
const HOUR = 3_600_000;
/** A room whose task is under way has an alarm by then, so that none is set for this end. */
const LATER_MS = 60_000;
const SOON_MS = 1_500;
/** The alarm comes a second after the end. */
const CLOSED_MS = 8_000;

class Socket extends LiveSocket {
  readonly frames: any[] = [];

  protected hear(frame: any): void {
    this.frames.push(frame);
  }

  protected get seen(): string {
    return JSON.stringify(this.frames);
  }
}

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await app.putClockForward(0);
});

async function join(by: By, query = ""): Promise<Socket> {
  const socket = await open(Socket, app.base, by, query);
  sockets.push(socket);
  // The runtime ends the connection of a client that has never said a word ten seconds late.
  await socket.settled();
  return socket;
}

/** Something to watch, of a user of its own, and how to make news of it. */
interface Watched {
  url: string;
  scope: object;
  /** The class and the name of its object. */
  object: [string, string];
  news: () => Promise<unknown>;
}

const WATCHED: Record<string, (user: Api, name: string) => Promise<Watched>> = {
  "a task": async (user) => {
    const { taskId, live } = await user.start();
    const news = () => app.emulator.deliver(taskId);
    return { url: live.url, scope: { kind: "task", id: taskId }, object: ["TaskRoom", taskId], news };
  },
  "all tasks of a user": async (user, name) => {
    const { taskId } = await user.start();
    const news = () => app.emulator.deliver(taskId);
    return { url: "/tasks/live", scope: { kind: "tasks" }, object: ["FeedRoom", `tasks:${name}`], news };
  },
  "a batch": async (user) => {
    const answer = await user.post("/generate/batch", { prompts: ["a fox"], models: ["m/x"] });
    const { batchId, tasks, live } = answer.body;
    const news = () => app.emulator.deliver(tasks[0].taskId);
    return { url: live.url, scope: { kind: "batch", id: batchId }, object: ["FeedRoom", `batch:${batchId}`], news };
  },
  "a channel": async (user) => {
    const { channelId, live } = await ask(user);
    const news = () => app.emulator.modelriver.deliver(channelId);
    return {
      url: live.url,
      scope: { kind: "channel", id: channelId },
      object: ["TaskRoom", `channel:${channelId}`],
      news,
    };
  },
  "the content feed": async (_, name) => {
    const { id } = begin(app, "a film [no-callback]", { user_id: name });
    const news = () => app.emulator.modelriver.deliver(id);
    return { url: "/content/live", scope: { kind: "content" }, object: ["FeedRoom", `content:${name}`], news };
  },
};

for (const [what, make] of Object.entries(WATCHED)) {
  describe(`a socket on ${what}`, { timeout }, () => {
    const watched = async (how: string) => {
      const user = `${how} watcher of ${what}`;
      const at = await make(await app.as(user), user);
      const by = (lifeMs: number): By => ({
        url: at.url,
        ticket: ticketOf({ user, scope: at.scope, expiresAt: Date.now() + lifeMs }),
      });
      return { at, by, user };
    };

    test("gets no frame once its ticket is over, and others do, though the object has slept", async () => {
      const { at, by } = await watched("late");
      const over = await join(by(LATER_MS));
      const other = await join(by(HOUR));
      const before = [over.frames.length, other.frames.length];
      const [className, name] = at.object;
      await app.worker.unsafeEvictDurableObject(WORKER, className, { name, webSockets: "hibernate" });
      await app.putClockForward(LATER_MS);
      await at.news();
      await other.until(({ frames }) => frames.length > (before[1] ?? 0));
      assert.deepEqual(await over.until(({ closed }) => closed), EXPIRED);
      assert.equal(over.frames.length, before[0]);
      assert.equal(other.closed, null);
    });

    test("is closed when its ticket is over, though nothing is said on it, and others stay", async () => {
      const { at, by } = await watched("silent");
      const other = await join(by(HOUR));
      const [one, two] = [await join(by(SOON_MS)), await join(by(SOON_MS + 1_000))];
      assert.deepEqual(await one.until(({ closed }) => closed, CLOSED_MS), EXPIRED);
      assert.deepEqual(await two.until(({ closed }) => closed, CLOSED_MS), EXPIRED);
      const before = other.frames.length;
      await at.news();
      await other.until(({ frames }) => frames.length > before);
      assert.equal(other.closed, null);
    });

    test("is closed when its token is over, a few seconds after what that says", async () => {
      const { at, user } = await watched("signed-in");
      // Clocks may differ by five seconds.
      const exp = Math.floor(Date.now() / 1000) - 3;
      const socket = await join({ url: at.url, token: await app.emulator.token({ sub: user, exp }) });
      assert.deepEqual(await socket.until(({ closed }) => closed, CLOSED_MS), EXPIRED);
    });
  });
}

describe("a socket on a task that is over", { timeout }, () => {
  test("is closed too, and its room is cleaned up when it was to be", async () => {
    const ada = await app.as("ada");
    const { taskId, live } = await ada.start();
    await app.emulator.deliver(taskId);
    const scope = { kind: "task", id: taskId };
    const socket = await join({ url: live.url, ticket: ticketOf({ scope, expiresAt: Date.now() + SOON_MS }) });
    assert.deepEqual(await socket.until(({ closed }) => closed, CLOSED_MS), EXPIRED);
    assert.equal((await ada.task(taskId)).status, "completed");
    const room = async () => (await app.shim())[taskId];
    // At its start, for the socket, and once more for the clean-up.
    await eventually(async () => (await room())?.alarms === 3, CLOSED_MS);
  });

  test("costs nothing more if it is closed with its task: the room has set one alarm, at its start", async () => {
    const ada = await app.as("ada");
    const { taskId, live } = await ada.start();
    const watchers = [await join(live), await join(live)];
    await app.emulator.deliver(taskId);
    for (const watcher of watchers) {
      await watcher.until(({ frames }) => frames.at(-1).task.status === "completed");
      watcher.close();
    }
    const room = (await app.shim())[taskId];
    assert.deepEqual({ puts: room?.puts, alarms: room?.alarms }, { puts: 3, alarms: 1 });
  });
});

test("a socket that was closed makes room for another on a user's feed", { timeout }, async () => {
  const ticket = ticketOf({ scope: { kind: "tasks" }, expiresAt: Date.now() + LATER_MS });
  const url = "/tasks/live";
  await Promise.all(Array.from({ length: 20 }, () => join({ url, ticket })));
  await app.putClockForward(LATER_MS);
  const scope = { kind: "tasks" };
  await join({ url, ticket: ticketOf({ scope, expiresAt: Date.now() + HOUR }) });
});
