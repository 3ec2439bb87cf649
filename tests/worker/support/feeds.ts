/** Users who watch feeds: all their tasks, or those of a batch. */

import assert from "node:assert/strict";
import type { Api } from "./api.ts";
import type { App } from "./app.ts";
import { WORKER } from "./deployment.ts";
import { type FeedWatcher, watchFeed } from "./feed_watcher.ts";

export function feedsOf(app: App) {
  const open: FeedWatcher[] = [];
  let users = 0;

  /** Each test has a user of its own: a feed shows all that a user ever had. */
  function someone(): Promise<Api> {
    users += 1;
    return app.as(`user ${users}`);
  }

  async function keep(opening: Promise<FeedWatcher>): Promise<FeedWatcher> {
    const watcher = await opening;
    open.push(watcher);
    return watcher;
  }

  /** A ticket for the feed of all the user's tasks. */
  async function ticket(user: Api): Promise<{ url: string; ticket: string }> {
    const answer = await user.call("/tasks/ticket", { method: "POST" });
    assert.equal(answer.status, 200, answer.text);
    return { url: "/tasks/live", ticket: answer.body.ticket };
  }

  async function feed(user: Api): Promise<FeedWatcher> {
    return keep(watchFeed(app.base, await ticket(user)));
  }

  async function startBatch(user: Api, fields: object = {}): Promise<any> {
    const answer = await user.post("/generate/batch", { prompts: ["a fox", "a hare"], models: ["m/x"], ...fields });
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }

  function evictFeed(name: string): Promise<void> {
    return app.worker.unsafeEvictDurableObject(WORKER, "FeedRoom", { name, webSockets: "hibernate" });
  }

  /** Closes every feed that was kept. */
  function leave(): void {
    for (const watcher of open.splice(0)) watcher.terminate();
  }

  return { someone, keep, ticket, feed, startBatch, evictFeed, leave };
}
