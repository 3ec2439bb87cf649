/** A browser's live socket: what every watcher does, whatever it watches. */

import { once } from "node:events";
import WebSocket from "ws";

/** By a ticket, as a browser opens it, or by a token. */
export type By = { url: string; ticket: string } | { url: string; token: string };

/** Remembers what came, and waits for what a test is after. What must not come is an error wherever a test waits next. */
export abstract class LiveSocket {
  readonly socket: WebSocket;
  /** Everything that is no frame, such as `pong`. */
  readonly words: string[] = [];
  /** How it was closed, when it was. */
  closed: { code: number; reason: string } | null = null;
  readonly #looks = new Set<() => void>();
  #error: Error | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const text = String(data);
      if (text.startsWith("{")) this.hear(JSON.parse(text));
      else this.words.push(text);
      this.#changed();
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#changed();
    });
    socket.on("error", () => {}); // a close follows
  }

  /** Takes a frame, in the order in which they come. */
  protected abstract hear(frame: any): void;

  /** What came so far, for the message of a wait in vain. */
  protected abstract get seen(): string;

  protected fail(message: string): void {
    this.#error ??= new Error(message);
  }

  #changed(): void {
    for (const look of [...this.#looks]) look();
  }

  /** The first truthy answer of `probe`, asked now and at everything that comes. */
  until<T>(probe: (watcher: this) => T, deadlineMs = 5000): Promise<NonNullable<T>> {
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
        end(() => reject(new Error(`not seen within ${deadlineMs} ms: ${probe}; ${this.seen.slice(0, 500)}`)));
      }, deadlineMs);
      this.#looks.add(look);
      look();
    });
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

/** Opens a socket; `make` listens before anything can come. */
export async function open<T extends LiveSocket>(
  make: new (socket: WebSocket) => T,
  base: string,
  by: By,
  query = "",
): Promise<T> {
  const url = base.replace("http", "ws") + by.url + query;
  const protocols = "ticket" in by ? ["taskwire", `ticket.${by.ticket}`] : [];
  const headers = "token" in by ? { authorization: `Bearer ${by.token}` } : {};
  const watcher = new make(new WebSocket(url, protocols, { headers }));
  await once(watcher.socket, "open", { signal: AbortSignal.timeout(10_000) });
  return watcher;
}
