/** A browser's live socket: remembers every frame, and waits for the one a test is after. */

import assert from "node:assert/strict";
import { once } from "node:events";
import WebSocket from "ws";

/** Versions are checked as they come: a frame that is not newer than the last is an error. */
export class Watcher {
  readonly socket: WebSocket;
  /** Every JSON message, oldest first. */
  readonly frames: any[] = [];
  /** Everything else that came, such as `pong`. */
  readonly words: string[] = [];
  /** How it was closed, when it was. */
  closed: { code: number; reason: string } | null = null;
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
    if (!text.startsWith("{")) {
      this.words.push(text);
    } else {
      const frame = JSON.parse(text);
      const before = this.version;
      this.frames.push(frame);
      const version = frame.version ?? frame.task.version;
      if (version <= before) this.#error = new Error(`version ${version} came after version ${before}`);
    }
    this.#changed();
  }

  #changed(): void {
    for (const look of [...this.#looks]) look();
  }

  /** The newest version seen, 0 before the first. */
  get version(): number {
    const last = this.frames.at(-1);
    return last ? (last.version ?? last.task.version) : 0;
  }

  /** The versions of all frames, in the order they came. */
  get versions(): number[] {
    return this.frames.map((frame) => frame.version ?? frame.task.version);
  }

  /** The first truthy answer of `probe`, asked now and at everything that comes. */
  until<T>(probe: (watcher: Watcher) => T, deadlineMs = 5000): Promise<NonNullable<T>> {
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
        end(() => reject(new Error(`not seen within ${deadlineMs} ms: ${probe}; frames: ${seen}`)));
      }, deadlineMs);
      this.#looks.add(look);
      look();
    });
  }

  /** The frame that shows the task in this status. */
  task(status: string, deadlineMs?: number): Promise<any> {
    return this.until(({ frames }) => frames.find((frame) => frame.task?.status === status)?.task, deadlineMs);
  }

  /**
   * Everything that was sent before now has come: the answer to a word of ours is behind it. The
   * heartbeat is answered by the runtime on the same socket, in order.
   */
  async settled(): Promise<void> {
    const before = this.words.length;
    this.socket.send("ping");
    await this.until(({ words }) => words.length > before);
  }

  close(): void {
    this.socket.close();
  }

  /** Gone without a word, as a browser that loses its network. */
  terminate(): void {
    this.socket.terminate();
  }
}

export interface Live {
  url: string;
  ticket: string;
}

/** Opens the socket that a start offers. */
export async function watch(base: string, live: Live, query = ""): Promise<Watcher> {
  const url = base.replace("http", "ws") + live.url + query;
  const watcher = new Watcher(new WebSocket(url, ["taskwire", `ticket.${live.ticket}`]));
  await once(watcher.socket, "open", { signal: AbortSignal.timeout(5000) });
  assert.equal(watcher.socket.protocol, "taskwire");
  return watcher;
}

/** Tries an upgrade that is to be refused: the plain answer that comes instead. */
export async function upgrade(
  url: string,
  { protocols = [] as string[], headers = {} as Record<string, string> } = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const socket = new WebSocket(url.replace("http", "ws"), protocols, { headers });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer to an upgrade")), 5000);
    // A handshake that the client has to fail: it breaks the protocol.
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
      resolve({ status: response.statusCode ?? 0, text, headers: new Headers(response.headers as Record<string, string>) });
    });
  });
}
