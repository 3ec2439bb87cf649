/** A request as it is written: `fetch` would not send every method, nor every header. */

import { once } from "node:events";
import { connect } from "node:net";

export interface Raw {
  status: number;
  headers: Headers;
  body: string;
}

/** A name may come twice. Each character of a header is one byte. */
export async function rawRequest(base: string, method: string, path: string, headers: string[][]): Promise<Raw> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  const all = [["host", `${hostname}:${port}`], ...headers, ["connection", "close"]];
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1");
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  await once(socket, "close", { signal: AbortSignal.timeout(10_000) });
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [line = "", ...fields] = head.split("\r\n");
  return {
    status: Number(line.split(" ")[1]),
    headers: new Headers(fields.map((field) => field.split(/: (.*)/s).slice(0, 2) as [string, string])),
    body: rest.join("\r\n\r\n"),
  };
}
