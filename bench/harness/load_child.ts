/**
 * The load generator: a process of its own, so that its cost is in no other figures. Everything possible is
 * prepared before the clock starts.
 */

import { Agent, request as send } from "node:http";
import WebSocket from "ws";
import type { Call, Called, Calls, Job, Plug, Plugged, Plugs, Seen, Watched } from "./jobs.ts";

const DEADLINE_MS = 60_000;
const COMPLETED = Buffer.from('"status":"completed"');

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

interface Reply {
  status: number;
  body: string;
}

function once(base: URL, { method, path, headers, body }: Call): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = { host: base.hostname, port: base.port, agent, method, path, headers: { ...headers, ...length } };
    const request = send({ ...options, timeout: DEADLINE_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error(`no answer to ${method} ${path}`)));
    request.on("error", (error) => reject(Object.assign(error, { wasReused: request.reusedSocket })));
    request.end(body);
  });
}

/** Tries once more if the server closed a kept connection while the call was on its way. */
async function call(base: URL, what: Call, expect: number): Promise<string> {
  const again = (error: Error & { code?: string; wasReused?: boolean }) => {
    if (error.code === "ECONNRESET" && error.wasReused) return once(base, what);
    throw error;
  };
  const { status, body } = await once(base, what).catch(again);
  if (status !== expect) throw new Error(`${what.method} ${what.path} was answered ${status} ${body.slice(0, 300)}`);
  return body;
}

/** Does `one` for each, `concurrency` at a time. The first failure ends it. */
async function each<T>(all: readonly T[], concurrency: number, one: (each: T, index: number) => Promise<void>) {
  let next = 0;
  const work = async () => {
    while (next < all.length) {
      const index = next++;
      await one(all[index] as T, index);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: Math.min(concurrency, all.length) }, work));
  return (performance.now() - began) / 1000;
}

async function calls({ base, calls: all, concurrency, expect, keep = false }: Calls): Promise<Called> {
  const to = new URL(base);
  const ms: number[] = [];
  const bodies: string[] = [];
  const seconds = await each(all, concurrency, async (what, index) => {
    const began = performance.now();
    const body = await call(to, what, expect);
    ms[index] = performance.now() - began;
    if (keep) bodies[index] = body;
  });
  return { ms, seconds, bodies };
}

/** Open sockets: those of a task, and those of feeds, which show every task. */
const ofTask = new Map<string, Set<WebSocket>>();
const feeds = new Set<WebSocket>();

interface Waiting {
  left: Set<WebSocket>;
  first: number;
  seen(): void;
}

const waiting = new Map<string, Waiting>();

function frame(socket: WebSocket, taskId: string): void {
  const wait = waiting.get(taskId);
  if (!wait?.left.delete(socket)) return;
  wait.first ||= performance.now();
  if (wait.left.size === 0) wait.seen();
}

function hear(socket: WebSocket, plug: Plug, data: Buffer): void {
  if (!data.includes(COMPLETED)) return;
  if (plug.taskId !== null) frame(socket, plug.taskId);
  else frame(socket, JSON.parse(data.toString()).task.taskId);
}

function open(base: string, plug: Plug, frames: number): Promise<{ firstMs: number; lastMs: number }> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const url = base.replace("http", "ws") + plug.path;
    const socket = new WebSocket(url, ["taskwire", `ticket.${plug.ticket}`], { perMessageDeflate: false });
    const timer = setTimeout(() => reject(new Error(`no frame on ${plug.path}`)), DEADLINE_MS);
    let firstMs = 0;
    let left = frames;
    socket.on("message", (data: Buffer) => {
      if (left > 0) {
        firstMs ||= performance.now() - began;
        left -= 1;
        if (left === 0) {
          clearTimeout(timer);
          resolve({ firstMs, lastMs: performance.now() - began });
        }
      }
      hear(socket, plug, data);
    });
    socket.on("error", reject);
    socket.on("close", (code) => {
      clearTimeout(timer);
      reject(new Error(`a socket was closed: ${code}`));
      for (const wait of waiting.values()) if (wait.left.has(socket)) lost(`a socket was closed: ${code}`);
    });
    const watched = plug.taskId === null ? feeds : (ofTask.get(plug.taskId) ?? new Set());
    if (plug.taskId !== null) ofTask.set(plug.taskId, watched);
    watched.add(socket);
  });
}

/** Makes the current job fail. */
let lost: (reason: string) => void = () => {};

async function plug({ base, plugs, concurrency, frames = 1 }: Plugs): Promise<Plugged> {
  const ms: number[] = [];
  const lastMs: number[] = [];
  await each(plugs, concurrency, async (one, index) => {
    const opened = await open(base, one, frames);
    ms[index] = opened.firstMs;
    lastMs[index] = opened.lastMs;
  });
  return { ms, lastMs };
}

async function watch({ base, letters, concurrency }: Watched): Promise<Seen> {
  const to = new URL(base);
  const seen: Omit<Seen, "seconds"> = { answerMs: [], firstMs: [], lastMs: [] };
  const failed = new Promise<never>((_, reject) => {
    lost = (reason) => reject(new Error(reason));
  });
  failed.catch(() => {});
  const one = async ({ call: letter, taskId }: Watched["letters"][number], index: number) => {
    const left = new Set([...(ofTask.get(taskId) ?? []), ...feeds]);
    if (left.size === 0) throw new Error(`nobody watches ${taskId}`);
    const frames = new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`${left.size} frames of ${taskId} did not come`));
      const timer = setTimeout(late, DEADLINE_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      waiting.set(taskId, { left, first: 0, seen: done });
    });
    frames.catch(() => {});
    const began = performance.now();
    const framed = frames.then(() => {
      seen.lastMs[index] = performance.now() - began;
      seen.firstMs[index] = (waiting.get(taskId)?.first ?? Number.NaN) - began;
    });
    await call(to, letter, 200);
    seen.answerMs[index] = performance.now() - began;
    await Promise.race([framed, failed]);
    waiting.delete(taskId);
  };
  const seconds = await each(letters, concurrency, one);
  return { ...seen, seconds };
}

function hangUp(): void {
  for (const socket of [...feeds, ...[...ofTask.values()].flatMap((each) => [...each])]) {
    socket.removeAllListeners("close");
    socket.terminate();
  }
  feeds.clear();
  ofTask.clear();
}

function perform(job: Job): unknown {
  switch (job.do) {
    case "calls":
      return calls(job);
    case "plug":
      return plug(job);
    case "watch":
      return watch(job);
    case "hangUp":
      return hangUp();
  }
}

process.on("message", async ({ id, job }: { id: number; job: Job }) => {
  try {
    process.send?.({ id, result: await perform(job) });
  } catch (error) {
    process.send?.({ id, error: (error as Error).message });
  }
});
process.on("disconnect", () => process.exit());
