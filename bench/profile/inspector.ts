/** The runtime's inspector: the CPU profile of one Worker's isolate, its objects included. */

import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import WebSocket from "ws";
import type { Profile } from "./profile.ts";

const DEADLINE_MS = 10_000;
/** Between two samples, in microseconds. */
const INTERVAL = 200;

/** A port that nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

interface Target {
  id: string;
  webSocketDebuggerUrl: string;
}

/** The target whose name has `worker` in it. */
async function targetOf(port: number, worker: string): Promise<string> {
  for (const end = performance.now() + DEADLINE_MS; performance.now() < end; await delay(50)) {
    const answer = await fetch(`http://127.0.0.1:${port}/json`).catch(() => null);
    if (!answer?.ok) continue;
    const targets = (await answer.json()) as Target[];
    const found = targets.find(({ id }) => id.endsWith(worker));
    if (found) return found.webSocketDebuggerUrl;
  }
  throw new Error(`The inspector on port ${port} knows no ${worker}.`);
}

export class Inspector {
  readonly #socket: WebSocket;
  readonly #open = new Map<number, { resolve(result: any): void; reject(error: Error): void }>();
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      const { id, result, error } = JSON.parse(String(data));
      const call = this.#open.get(id);
      this.#open.delete(id);
      if (error) call?.reject(new Error(error.message));
      else call?.resolve(result);
    });
    socket.on("close", () => {
      for (const { reject } of this.#open.values()) reject(new Error("The inspector hung up."));
    });
  }

  static async of(port: number, worker: string): Promise<Inspector> {
    const socket = new WebSocket(await targetOf(port, worker), { maxPayload: 2 ** 30 });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return new Inspector(socket);
  }

  /** What ran while `work` was done. */
  async profile(work: () => Promise<unknown>): Promise<Profile> {
    await this.#call("Profiler.enable");
    await this.#call("Profiler.setSamplingInterval", { interval: INTERVAL });
    await this.#call("Profiler.start");
    await work();
    return (await this.#call<{ profile: Profile }>("Profiler.stop")).profile;
  }

  close(): void {
    this.#socket.terminate();
  }

  #call<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
