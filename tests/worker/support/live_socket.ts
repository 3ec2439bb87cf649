/** A browser's live socket: what all watchers have in common. */

import { once } from "node:events";
import WebSocket from "ws";

/** By a ticket, as a browser opens it, or by a token. */
export type By = { url: string; ticket: string } | { url: string; token: string };

/** Remembers what came, and waits for what a test expects. A frame that must not come fails the next wait. */
export abstract class LiveSocket {
  readonly socket: WebSocket;
  /** Every message that is no frame, such as `pong`. */
  readonly words: string[] = [];
  /** How it was closed; null while it is open. */
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

  /** Takes each frame, in order. */
  protected abstract hear(frame: any): void;

  /** What came so far, for the message when a wait times out. */
  protected abstract get seen(): string;

  protected fail(message: string): void {
    this.#error ??= new Error(message);
  }

  #changed(): void {
    for (const look of [...this.#looks]) look();
  }

  /** The first truthy result of `probe`, called now and on everything that comes. */
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
   * Resolves once everything that was sent before now has come: the runtime answers a heartbeat on
   * the same socket, in order.
   */
  async settled(): Promise<void> {
    const before = this.words.length;
    this.socket.send("ping");
    await this.until(({ words }) => words.length > before);
  }

  close(): void {
    this.socket.close();
  }

  /** Ends without a close frame, as when a browser loses its network. */
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
