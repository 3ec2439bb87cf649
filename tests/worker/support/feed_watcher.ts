/** A socket on a feed: frames of several tasks, each by itself never older than the one before. */

import { once } from "node:events";
import WebSocket from "ws";
import type { Live } from "./watcher.ts";

/** A version that falls is an error wherever a test waits next; a repeated one is no harm. */
export class FeedWatcher {
  readonly socket: WebSocket;
  /** The task in every frame, oldest first. */
  readonly tasks: any[] = [];
  /** Everything that is no frame, such as `pong`. */
  readonly words: string[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #newest = new Map<string, any>();
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
      const { type, task } = JSON.parse(text);
      const before = this.#newest.get(task?.taskId)?.version ?? 0;
      this.tasks.push(task);
      if (type !== "task" || typeof task.taskId !== "string") this.#error ??= new Error(`not a task's frame: ${text}`);
      else if (task.version < before) this.#error ??= new Error(`${task.taskId} fell from version ${before} to ${task.version}`);
      else this.#newest.set(task.taskId, task);
    } else {
      this.words.push(text);
    }
    this.#changed();
  }

  #changed(): void {
    for (const look of [...this.#looks]) look();
  }

  /** The ids of the tasks that were shown, in the order they came first. */
  get ids(): string[] {
    return [...this.#newest.keys()];
  }

  /** The newest frame of a task. */
  newest(taskId: string): any {
    return this.#newest.get(taskId);
  }

  /** The first truthy answer of `probe`, asked now and at everything that comes. */
  until<T>(probe: (watcher: FeedWatcher) => T, deadlineMs = 5000): Promise<NonNullable<T>> {
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
        const seen = this.tasks.map(({ taskId, version, status }) => `${taskId} ${version} ${status}`).join(", ");
        end(() => reject(new Error(`not seen within ${deadlineMs} ms: ${probe}; shown: ${seen}`)));
      }, deadlineMs);
      this.#looks.add(look);
      look();
    });
  }

  /** The task, once it is shown in this status. */
  shows(taskId: string, status: string, deadlineMs?: number): Promise<any> {
    return this.until(() => this.newest(taskId)?.status === status && this.newest(taskId), deadlineMs);
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

/** Opens a feed by a ticket, as a browser does, or by a token. */
export async function watchFeed(base: string, by: Live | { url: string; token: string }): Promise<FeedWatcher> {
  const url = base.replace("http", "ws") + by.url;
  const socket =
    "ticket" in by
      ? new WebSocket(url, ["taskwire", `ticket.${by.ticket}`])
      : new WebSocket(url, [], { headers: { authorization: `Bearer ${by.token}` } });
  const watcher = new FeedWatcher(socket);
  await once(socket, "open", { signal: AbortSignal.timeout(10_000) });
  return watcher;
}
