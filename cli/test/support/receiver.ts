/** Where things are forwarded to: notes what comes, and answers as the test says. */

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  status: number;
}

export class Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[] = [];
  /** The status of the next answers; 0 cuts the connection. */
  answer: (nth: number) => number | Promise<number> = () => 200;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  static async start(port = 0): Promise<Receiver> {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    const receiver = new Receiver(server);
    server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const one = {
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        status: -1,
      };
      receiver.received.push(one);
      one.status = await receiver.answer(receiver.received.length);
      if (one.status === 0) response.destroy();
      else response.writeHead(one.status).end("{}");
    });
    return receiver;
  }

  /** The ids of the deliveries that were taken, in the order in which they came. */
  get taken(): string[] {
    return this.received
      .filter(({ status }) => status === 200)
      .map(({ headers }) => String(headers["taskwire-delivery"]));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
