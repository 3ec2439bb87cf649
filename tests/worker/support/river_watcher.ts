/** A socket on a channel or on the content feed: what came, and waits for what a test expects. */

import assert from "node:assert/strict";
import type { Api } from "./api.ts";
import { LiveSocket, open } from "./live_socket.ts";
import type { Live } from "./watcher.ts";

/** A row that comes twice, or a channel that does not get newer, is an error. */
export class RiverWatcher extends LiveSocket {
  /** Every frame, oldest first. */
  readonly frames: any[] = [];
  readonly #ids = new Set<string>();
  /** What was erased: the id of a row, or of a channel with all of its rows. */
  readonly erased: string[] = [];

  protected hear(frame: any): void {
    if (frame.type === "erased") {
      this.erased.push(frame.contentId ?? frame.channelId);
      return;
    }
    const before = this.version;
    this.frames.push(frame);
    if (frame.type !== "content") {
      if (this.version <= before) this.fail(`version ${this.version} came after version ${before}`);
      return;
    }
    if (this.#ids.has(frame.content.id)) this.fail(`${frame.content.id} came twice`);
    this.#ids.add(frame.content.id);
  }

  protected get seen(): string {
    return `${this.frames.length} frames: ${JSON.stringify(this.frames)}`;
  }

  /** The newest version of the channel, 0 before the first. */
  get version(): number {
    const last = this.frames.at(-1);
    return last?.version ?? last?.channel?.version ?? 0;
  }

  /** The ids of the rows on the feed, in the order they came. */
  get ids(): string[] {
    return [...this.#ids];
  }

  /** The frame that shows the channel in this status. */
  channel(status: string, deadlineMs?: number): Promise<any> {
    return this.until(({ frames }) => frames.find(({ channel }) => channel?.status === status), deadlineMs);
  }

  /** The frame that shows the channel with a row whose callback is in this state. */
  callback(status: string, deadlineMs?: number): Promise<any> {
    return this.until(
      ({ frames }) => frames.find(({ type, content }) => type === "channel" && content?.callback === status),
      deadlineMs,
    );
  }

  /** The row with this id, as it came. */
  row(id: string, deadlineMs?: number): Promise<any> {
    return this.until(({ frames }) => frames.find(({ content }) => content?.id === id)?.content, deadlineMs);
  }
}

/** Opens the socket of a channel, or of the content feed, by its ticket. */
export async function watchRiver(base: string, live: Live, query = ""): Promise<RiverWatcher> {
  const watcher = await open(RiverWatcher, base, live, query);
  assert.equal(watcher.socket.protocol, "taskwire");
  return watcher;
}

/** Where a user watches the content feed. */
export async function contentLive(user: Api): Promise<Live> {
  const answer = await user.call("/content/ticket", { method: "POST" });
  assert.equal(answer.status, 200, answer.text);
  return { url: "/content/live", ticket: answer.body.ticket };
}

/** The content feed as this user sees it; `?after=<id>` continues after a row. */
export async function watchContent(user: Api, query = ""): Promise<RiverWatcher> {
  return watchRiver(user.base, await contentLive(user), query);
}
