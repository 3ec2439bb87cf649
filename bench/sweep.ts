/**
 * The sweep over many rows: a million settled tasks and a thousand starts a minute, a hundred of which
 * lose their answers. Measures how long each of these takes to be settled, and what one sweep reads from
 * D1.
 *
 * These starts are the hardest case: the provider accepted them, its answer was cut off, and the search
 * right after that failed too.
 */

import { setTimeout as delay } from "node:timers/promises";
import { startApp } from "../tests/worker/support/app.ts";
import { type HttpProxy, startProxy } from "../tests/worker/support/proxy.ts";
import { readFlags } from "./flags.ts";
import { line } from "./numbers.ts";

const { rows, starts, lost, minutes } = readFlags({ rows: 1_000_000, starts: 1000, lost: 100, minutes: 3 });

const MINUTE_MS = 60_000;
/** Rows inserted by one statement. */
const CHUNK = 50_000;
/** Concurrent starts. */
const SIDE_BY_SIDE = 10;
/** Minutes to wait for the last lost start, after the last start. */
const AFTERWARDS = 5;

let provider: HttpProxy | undefined;
const app = await startApp({
  shim: true,
  provider: async ({ url }) => {
    provider = await startProxy(url);
    return provider.url;
  },
});

/** Tasks of many users, settled over the last months. */
async function seed(): Promise<void> {
  for (let from = 0; from < rows; from += CHUNK) {
    await app.sql(
      `WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)
       INSERT INTO tasks (id, user_id, mynth_task_id, kind, status, version, metadata, created_at, updated_at)
       SELECT printf('%012x', 1780000000000 + i * 10000) || printf('%016d', i), 'user-' || (i % 5000), 'tsk_old_' || i,
         'image.generate', 'completed', 2, '{}', '2026-06-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z' FROM n`,
      from,
      Math.min(from + CHUNK, rows),
    );
  }
}

async function startMany(count: number, isLost: boolean): Promise<void> {
  const user = await app.as(isLost ? "unlucky" : "lucky");
  let left = count;
  const one = async () => {
    while (left-- > 0) await user.generate({ prompt: isLost ? "lost" : "found" });
  };
  if (provider)
    provider.instead = isLost ? (method) => (method === "GET" ? { status: 503 } : undefined) : () => undefined;
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, one));
  if (provider) provider.instead = () => undefined;
}

const openStarts = () =>
  app.sql(`SELECT id FROM tasks WHERE user_id = 'unlucky' AND mynth_task_id IS NULL`) as Promise<{ id: string }[]>;
const startedAt = ({ id }: { id: string }) => Number.parseInt(id.slice(0, 12), 16);

const took: number[] = [];
const ticks: { ms: number; read: number; calls: number }[] = [];

async function sweep(): Promise<void> {
  const before = await openStarts();
  const read = async () => (await app.shim()).worker ?? { d1RowsRead: 0, d1Reads: 0, d1Batches: 0 };
  const was = await read();
  const began = Date.now();
  await app.sweep();
  const ms = Date.now() - began;
  const is = await read();
  const calls = is.d1Reads + is.d1Batches - was.d1Reads - was.d1Batches;
  ticks.push({ ms, read: is.d1RowsRead - was.d1RowsRead, calls });
  const open = new Set((await openStarts()).map(({ id }) => id));
  for (const start of before) if (!open.has(start.id)) took.push(Date.now() - startedAt(start));
}

try {
  await seed();
  const [found] = await app.sql("SELECT count(*) AS n FROM tasks");
  console.log(`${found?.n} settled tasks of 5,000 users`);
  app.emulator.options.onCreate = (task) => {
    if (task.request.prompt === "lost") throw new Error("the answer is lost");
  };
  for (let minute = 0; minute < minutes + AFTERWARDS; minute++) {
    const began = Date.now();
    if (minute < minutes) {
      await startMany(lost, true);
      await startMany(starts - lost, false);
    }
    await sweep();
    const { ms, read, calls } = ticks.at(-1) ?? { ms: 0, read: 0, calls: 0 };
    const open = (await openStarts()).length;
    console.log(`minute ${minute + 1}: the sweep took ${ms} ms, ${calls} calls of D1, ${read} rows read; ${open} open`);
    if (minute >= minutes && open === 0) break;
    await delay(Math.max(0, MINUTE_MS - (Date.now() - began)));
  }
  const wrong = await app.sql(`SELECT count(*) AS n FROM tasks WHERE user_id = 'unlucky' AND status = 'failed'`);
  console.log(line("lost to settled", took));
  console.log(`${took.length} of ${lost * minutes} were settled, ${wrong[0]?.n} of them wrongly`);
  process.exitCode = took.length === lost * minutes && wrong[0]?.n === 0 ? 0 : 1;
} finally {
  await app.close();
  await provider?.close();
}
