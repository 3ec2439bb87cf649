/** A webhook receiver for tests: remembers what came, and answers as it is told to. */

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { type Emulator, type EmulatorSettings, startEmulator } from "../emulator.ts";

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** Statuses of the next answers; 200 when there are none left. */
  answers: number[];
}

export async function startReceiver(t: TestContext): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(answers.shift() ?? 200, { location: "/elsewhere" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, answers };
}

/** An emulator on a free port with no latency, closed when the test ends. */
export async function start(t: TestContext, options: EmulatorSettings = {}): Promise<Emulator> {
  const modelriver = { webhookUrl: "", latencyMs: 0, ...options.modelriver };
  const emulator = await startEmulator({
    port: 0,
    webhookUrl: "",
    latencyMs: 0,
    retryScale: 0.001,
    ...options,
    modelriver,
  });
  t.after(() => emulator.close());
  return emulator;
}

/** What JSON was parsed to, for tests that look deep into it: its type is any. */
export type Parsed = ReturnType<typeof JSON.parse>;

export interface Answer {
  status: number;
  body: Parsed;
  headers: Headers;
}

/** A call with the key, its answer parsed where it is JSON. */
export async function call(
  emulator: Emulator,
  path: string,
  body?: unknown,
  key = emulator.options.apiKey,
): Promise<Answer> {
  const response = await fetch(emulator.url + path, {
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}

/** Starts a task and gives its id, whatever the generation calls it. */
export async function create(emulator: Emulator, request: object): Promise<string> {
  const { status, body } = await call(emulator, "/image/generate", request);
  if (status !== 201) throw new Error(`create answered ${status}: ${JSON.stringify(body)}`);
  const data = body.data ?? body;
  return data.task_id ?? data.taskId;
}
