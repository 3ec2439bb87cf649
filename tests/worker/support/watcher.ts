/** A socket on a task: every frame, each newer than the one before. */

import assert from "node:assert/strict";
import WebSocket from "ws";
import { LiveSocket, open } from "./live_socket.ts";

/** Versions are checked as they come: a frame that is not newer than the last is an error. */
export class Watcher extends LiveSocket {
  /** Every JSON message, oldest first. */
  readonly frames: any[] = [];
  /** The id of the task, once a frame has said that it was erased. */
  erased: string | null = null;

  protected hear(frame: any): void {
    if (this.erased) this.fail(`a frame after it was erased: ${JSON.stringify(frame)}`);
    if (frame.type === "erased") {
      this.erased = frame.taskId;
      return;
    }
    const before = this.version;
    this.frames.push(frame);
    if (this.version <= before) this.fail(`version ${this.version} came after version ${before}`);
  }

  protected get seen(): string {
    return `frames: ${JSON.stringify(this.frames)}`;
  }

  /** The newest version seen, 0 before the first. */
  get version(): number {
    return this.versions.at(-1) ?? 0;
  }

  /** The versions of all frames, in the order they came. */
  get versions(): number[] {
    return this.frames.map((frame) => frame.version ?? frame.task.version);
  }

  /** The frame that shows the task in this status. */
  task(status: string, deadlineMs?: number): Promise<any> {
    return this.until(({ frames }) => frames.find((frame) => frame.task?.status === status)?.task, deadlineMs);
  }
}

export interface Live {
  url: string;
  ticket: string;
}

/** Opens the socket that a start offers. */
export async function watch(base: string, live: Live, query = ""): Promise<Watcher> {
  const watcher = await open(Watcher, base, live, query);
  assert.equal(watcher.socket.protocol, "taskwire");
  return watcher;
}

/** Tries an upgrade that must be refused. Returns the plain answer that comes instead. */
export async function upgrade(
  url: string,
  { protocols = [] as string[], headers = {} as Record<string, string> } = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const socket = new WebSocket(url.replace("http", "ws"), protocols, { headers });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer to an upgrade")), 5000);
    // The client fails a handshake that breaks the protocol.
    socket.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.on("open", () => {
      clearTimeout(timer);
      socket.terminate();
      resolve({ status: 101, text: "", headers: new Headers() });
    });
    socket.on("unexpected-response", async (_, response) => {
      clearTimeout(timer);
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      resolve({
        status: response.statusCode ?? 0,
        text,
        headers: new Headers(response.headers as Record<string, string>),
      });
    });
  });
}
