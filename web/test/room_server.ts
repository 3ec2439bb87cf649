// A stand-in for the server's end of a task's socket. Whatever happens at it is an event that a test can wait for.
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Task } from "../src/types.ts";

const DEADLINE_MS = 5_000;

export interface Visit {
  version: string | null;
  protocols: string;
  socket: WebSocket;
}

export class RoomServer {
  readonly url: string;
  /** How many of the next upgrades are answered 403. */
  refusals = 0;
  readonly #http;
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "taskwire" });

  private constructor(http: ReturnType<typeof createServer>) {
    this.#http = http;
    this.url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/tasks/tsk_1/live`;
    http.on("upgrade", (request: IncomingMessage, stream, head) => {
      if (this.refusals > 0) {
        this.refusals -= 1;
        stream.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      this.#sockets.handleUpgrade(request, stream, head, (socket) => {
        const version = new URL(request.url ?? "", this.url).searchParams.get("version");
        const protocols = request.headers["sec-websocket-protocol"] ?? "";
        this.#sockets.emit("visit", { version, protocols, socket } satisfies Visit);
      });
    });
  }

  static async start(): Promise<RoomServer> {
    const http = createServer();
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return new RoomServer(http);
  }

  async visit(): Promise<Visit> {
    const [visit] = await once(this.#sockets, "visit", { signal: AbortSignal.timeout(DEADLINE_MS) });
    return visit as Visit;
  }

  /** Resolves when nothing of it is left, timers included. */
  async stop(): Promise<void> {
    const gone = [...this.#sockets.clients].map((socket) => once(socket, "close"));
    for (const socket of this.#sockets.clients) socket.terminate();
    await Promise.all([...gone, new Promise((resolve) => this.#http.close(resolve))]);
  }
}

export async function nextText(socket: WebSocket): Promise<string> {
  const [data] = await once(socket, "message", { signal: AbortSignal.timeout(DEADLINE_MS) });
  return String(data);
}

export async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, "close", { signal: AbortSignal.timeout(DEADLINE_MS) });
  return code as number;
}

export function taskAt(version: number, changes: Partial<Task> = {}): Task {
  return {
    taskId: "tsk_1", mynthTaskId: "tsk_1", kind: "image.generate", userId: "ada", status: "pending", version,
    prompt: "a fox", requestedModel: "m", model: null, error: null, cost: null, metadata: {},
    createdAt: "2026-11-20T10:00:00.000Z", updatedAt: "2026-11-20T10:00:00.000Z", images: [], result: null,
    ...changes,
  };
}

export function taskFrame(task: Task): string {
  return JSON.stringify({ type: "task", task });
}
