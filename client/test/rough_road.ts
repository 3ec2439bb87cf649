// A TCP proxy before the server. It can cut connections in the middle of a transfer, and block WebSockets.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export class RoughRoad {
  readonly url: string;
  readonly #server;
  readonly #target: number;
  /** The open connections: those of WebSockets, and those of requests. */
  readonly sockets = new Set<Socket>();
  readonly requests = new Set<Socket>();
  cuts = 0;
  isClosedToSockets = false;

  private constructor(server: ReturnType<typeof createServer>, target: number) {
    this.#server = server;
    this.#target = target;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (near) => this.#join(near));
  }

  static async to(url: string): Promise<RoughRoad> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new RoughRoad(server, Number(new URL(url).port));
  }

  #join(near: Socket): void {
    const far = connect(this.#target, "127.0.0.1");
    this.requests.add(near);
    // An upgrade may come on a connection that has carried requests before.
    near.on("data", (data) => {
      if (this.isClosedToSockets && /^upgrade: websocket\r$/im.test(String(data))) near.destroy();
    });
    // After a 101 the connection carries a WebSocket.
    far.once("data", (data) => {
      if (!String(data.subarray(0, 12)).startsWith("HTTP/1.1 101") || near.destroyed) return;
      this.requests.delete(near);
      this.sockets.add(near);
    });
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => {});
      one.on("close", () => {
        other.destroy();
        this.requests.delete(near);
        this.sockets.delete(near);
      });
    }
  }

  cut(one: Socket): void {
    this.cuts += 1;
    one.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const one of [...this.sockets, ...this.requests]) one.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
