/** A socket on a channel or on the content feed: what came, and a wait for what a test is after. */

import assert from "node:assert/strict";
import { once } from "node:events";
import WebSocket from "ws";
import type { Api } from "./api.ts";
import type { Live } from "./watcher.ts";

/** A row that comes twice, or a channel that does not get newer, is an error wherever a test waits next. */
export class RiverWatcher {
  readonly socket: WebSocket;
  /** Every frame, oldest first. */
  readonly frames: any[] = [];
  /** Everything that is no frame, such as `pong`. */
  readonly words: string[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #ids = new Set<string>();
  readonly #looks = new Set<() => void>();
  #error: Error | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => this.#hear(String(data)));
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#changed();
    });
    socket.on("error", () => {}); // a close follows
  }

  #hear(text: string): void {
    if (text.startsWith("{")) {
      const frame = JSON.parse(text);
      if (frame.type === "content" && this.#ids.has(frame.content.id)) this.#error ??= new Error(`${frame.content.id} came twice`);
      const before = this.version;
      this.frames.push(frame);
      if (frame.type === "content") this.#ids.add(frame.content.id);
      else if (this.version <= before) this.#error ??= new Error(`version ${this.version} came after version ${before}`);
    } else {
      this.words.push(text);
    }
    this.#changed();
  }

  #changed(): void {
    for (const look of [...this.#looks]) look();
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

  /** The first truthy answer of `probe`, asked now and at everything that comes. */
  until<T>(probe: (watcher: RiverWatcher) => T, deadlineMs = 5000): Promise<NonNullable<T>> {
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        this.#looks.delete(look);
        clearTimeout(timer);
        finish();
      };
      const look = () => {
        if (this.#error) return end(() => reject(this.#error));
        const found = probe(this);
        if (found) end(() => resolve(found));
      };
      const timer = setTimeout(() => {
        const seen = JSON.stringify(this.frames).slice(0, 500);
        end(() => reject(new Error(`not seen within ${deadlineMs} ms: ${probe}; ${this.frames.length} frames: ${seen}`)));
      }, deadlineMs);
      this.#looks.add(look);
      look();
    });
  }

  /** The frame that shows the channel in this status. */
  channel(status: string, deadlineMs?: number): Promise<any> {
    return this.until(({ frames }) => frames.find(({ channel }) => channel?.status === status), deadlineMs);
  }

  /** The frame that shows the channel with a row whose callback has come to this. */
  callback(status: string, deadlineMs?: number): Promise<any> {
    return this.until(({ frames }) => frames.find(({ type, content }) => type === "channel" && content?.callback === status), deadlineMs);
  }

  /** The row with this id, as it came. */
  row(id: string, deadlineMs?: number): Promise<any> {
    return this.until(({ frames }) => frames.find(({ content }) => content?.id === id)?.content, deadlineMs);
  }

  /** Everything that was sent before now has come: the heartbeat's answer is behind it. */
  async settled(): Promise<void> {
    const before = this.words.length;
    this.socket.send("ping");
    await this.until(({ words }) => words.length > before);
  }

  /** Gone without a word, as a browser that loses its network. */
  terminate(): void {
    this.socket.terminate();
  }
}

/** Opens the socket of a channel, or of the content feed, by its ticket. */
export async function watchRiver(base: string, live: Live, query = ""): Promise<RiverWatcher> {
  const socket = new WebSocket(base.replace("http", "ws") + live.url + query, ["taskwire", `ticket.${live.ticket}`]);
  const watcher = new RiverWatcher(socket);
  await once(socket, "open", { signal: AbortSignal.timeout(10_000) });
  assert.equal(socket.protocol, "taskwire");
  return watcher;
}

/** Where a user watches the content feed. */
export async function contentLive(user: Api): Promise<Live> {
  const answer = await user.call("/content/ticket", { method: "POST" });
  assert.equal(answer.status, 200, answer.text);
  return { url: "/content/live", ticket: answer.body.ticket };
}

/** The content feed as this user sees it; `?after=<id>` goes on after a row. */
export async function watchContent(user: Api, query = ""): Promise<RiverWatcher> {
  return watchRiver(user.base, await contentLive(user), query);
}
