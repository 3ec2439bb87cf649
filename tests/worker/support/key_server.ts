/** An issuer's server that answers as a test says: at once, never, or without an end. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface KeyServer {
  url: string;
  /** What it answers to everything: a text, or whatever this does. */
  answer: string | ((request: IncomingMessage, response: ServerResponse) => unknown);
  /** How many requests there were. */
  requests: number;
  close(): Promise<void>;
}

export async function startKeyServer(): Promise<KeyServer> {
  const server = createServer((request, response) => {
    keys.requests += 1;
    const { answer } = keys;
    if (typeof answer === "function") return void answer(request, response);
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const keys: KeyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: "{}",
    requests: 0,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return keys;
}
