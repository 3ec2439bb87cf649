/**
 * Browsers that watch: on one task, or on all of a user's tasks, coming and going.
 *
 * A watcher remembers what it has seen through every reconnection, as a page does.
 */

import { once } from "node:events";
import WebSocket from "ws";
import type { Observed } from "./observed.ts";

type Json = Record<string, any>;

const OPEN_MS = 5000;

export class Viewer {
  /** The task that it watches; null watches all of the user's. */
  readonly taskId: string | null;
  /** The newest that it has seen, by task. */
  readonly seen = new Map<string, Json>();
  readonly #url: string;
  readonly #token: string;
  readonly #observed: Observed;
  readonly #blame: (problem: string) => void;
  #socket: WebSocket | null = null;

  constructor(base: string, token: string, taskId: string | null, observed: Observed, blame: (problem: string) => void) {
    this.taskId = taskId;
    this.#url = `${base.replace("http", "ws")}/tasks/${taskId === null ? "" : `${taskId}/`}live`;
    this.#token = token;
    this.#observed = observed;
    this.#blame = blame;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connects, if it is not connected. Whether it is then. */
  async open(knows: boolean): Promise<boolean> {
    if (this.isOpen) return true;
    const version = this.taskId === null ? undefined : this.seen.get(this.taskId)?.version;
    const query = knows && version !== undefined ? `?version=${version}` : "";
    const socket = new WebSocket(this.#url + query, { headers: { authorization: `Bearer ${this.#token}` }, handshakeTimeout: OPEN_MS });
    this.#socket = socket;
    // The first frame of a task's socket is the newest: nothing older than anybody was shown by now.
    let least = this.taskId === null ? 0 : this.#observed.newest(this.taskId);
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      this.#hear(frame, least);
      if (this.taskId !== null) least = (frame.version ?? frame.task.version) + 1;
    });
    socket.on("error", () => {});
    return Promise.race([once(socket, "open").then(() => true), once(socket, "close").then(() => false)]).catch(() => false);
  }

  #hear(frame: Json, least: number): void {
    const version: number = frame.version ?? frame.task.version;
    if (version < least) this.#blame(`a socket on ${this.taskId} showed version ${version} where ${least} was the least`);
    if (frame.type === "current") {
      const known = this.taskId === null ? undefined : this.seen.get(this.taskId)?.version;
      if (known !== version) this.#blame(`version ${version} was called current to a watcher that has ${known}`);
      return;
    }
    const { task } = frame;
    this.#observed.saw(this.taskId === null ? "a feed" : "a socket", task);
    // Feeds say that a frame that is older than what is shown is to be dropped.
    if (version >= (this.seen.get(task.taskId)?.version ?? 0)) this.seen.set(task.taskId, task);
  }

  /** Gone without a word, as a page whose network ends. */
  leave(): void {
    this.#socket?.terminate();
    this.#socket = null;
  }
}
