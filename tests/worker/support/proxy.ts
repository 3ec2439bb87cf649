/** A provider that misbehaves: the emulator behind a proxy that can answer in its place. */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Instead {
  status: number;
  body?: string;
  contentType?: string;
}

export interface HttpProxy {
  url: string;
  /** What is answered instead of asking the emulator; undefined lets a request through. */
  instead: (method: string, path: string) => Instead | "hang" | undefined;
  /** `GET /tasks/tsk_1`, oldest first. */
  requests: string[];
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<HttpProxy> {
  const server = createServer(async (request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    proxy.requests.push(`${method} ${path}`);
    const answer = proxy.instead(method, path);
    if (answer === "hang") return;
    if (answer) {
      response.writeHead(answer.status, { "content-type": answer.contentType ?? "application/json" });
      return void response.end(answer.body ?? "{}");
    }
    const passed = await fetch(target + path, {
      method,
      headers: { authorization: headers.authorization ?? "", "content-type": "application/json" },
      ...(body === "" ? {} : { body }),
    }).catch(() => null);
    if (!passed) return void response.destroy();
    response.writeHead(passed.status, { "content-type": passed.headers.get("content-type") ?? "" });
    response.end(Buffer.from(await passed.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: HttpProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    instead: () => undefined,
    requests: [],
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return proxy;
}
