/**
 * A module around the built Worker, for what cannot be seen or done from outside: it counts what D1
 * reads and writes and what objects store, and can make D1 slow or lose its answers.
 *
 * The Worker inside is the build, byte for byte. `GET /__shim` gives the counts, by room, and
 * `GET /__shim?d1=…` sets D1: `ok`, `hang` (answers writes after a minute), `silent` (reads too), or
 * `lost` (writes, and then reports a failure). `GET /__shim?read=hang` makes the next read of a feed
 * hang, once. `GET /__shim?feeds=away` makes every feed fail, until `feeds=ok`. `GET /__shim?ahead=…` puts the
 * Worker's clock so many milliseconds forward. `GET /__shim?ring=…` says when the alarm of a room is due on that clock,
 * and lets it fire if that is over.
 */

import { AROUND, shiftedDate } from "./shim_parts.ts";

export interface Counts {
  /** `meta.rows_written` of everything that was written to D1. */
  d1Rows: number;
  /** `meta.rows_read` of everything that was read from D1 or written to it. */
  d1RowsRead: number;
  /** Transactions given to D1, whether they wrote a row or not. */
  d1Batches: number;
  /** Reads of D1 outside of a transaction. */
  d1Reads: number;
  /** Values put into the object's storage: a row each. */
  puts: number;
  /** Alarms set: a row each, by the price list. */
  alarms: number;
  /** Messages and requests to a feed. */
  asked: number;
}

/** The answer to `GET /__shim`: counts by the name of the room; `worker` for what no room did. */
export type AllCounts = Record<string, Counts>;

/** The module, for a build that exports these classes besides `TaskRoom`. */
export const shim = (others: string[]): string => `
import * as app from "./index.js";

const counts = {};
let d1 = "ok";
let read = "ok";
let feeds = "ok";
let ahead = 0;
${AROUND}${shiftedDate("realNow() + ahead")}
const hanging = () => new Promise((resolve) => setTimeout(resolve, 60_000));

const of = (name) => (counts[name] ??= { d1Rows: 0, d1RowsRead: 0, d1Batches: 0, d1Reads: 0, puts: 0, alarms: 0, asked: 0 });

function database(env, count) {
  async function batch(statements) {
    count.d1Batches++;
    if (d1 === "hang" || d1 === "silent") await hanging();
    const results = await env.DB.batch(statements);
    for (const { meta } of results) {
      count.d1Rows += meta.rows_written;
      count.d1RowsRead += meta.rows_read;
    }
    if (d1 === "lost") throw new Error("D1_ERROR: Network connection lost.");
    return results;
  }
  async function reading() {
    count.d1Reads++;
    if (d1 === "silent") await hanging();
  }
  const prepare = (text) => statement(env.DB.prepare(text), reading, count);
  return around(env, { DB: around(env.DB, { batch, prepare }) });
}

/** A statement that waits for \`reading\` before it reads. */
function statement(of, reading, count) {
  async function all() {
    await reading();
    const { results, meta } = await of.all();
    count.d1RowsRead += meta.rows_read;
    return results;
  }
  // Only \`all\` reports how many rows were read.
  const raw = async () => (await all()).map(Object.values);
  const first = async (column) => (await all())[0]?.[column] ?? null;
  const bind = (...args) => statement(of.bind(...args), reading, count);
  return around(of, { bind, raw, first });
}

/** A feed's D1: its next read may hang. */
function readable(env, count) {
  async function reading() {
    count.d1Reads++;
    if (read !== "hang") return;
    read = "ok";
    await hanging();
  }
  const prepare = (text) => statement(env.DB.prepare(text), reading, count);
  return around(env, { DB: around(env.DB, { prepare }) });
}

function room(ctx, count) {
  const { storage } = ctx;
  const put = (...args) => (count.puts++, storage.kv.put(...args));
  const setAlarm = (...args) => (count.alarms++, storage.setAlarm(...args));
  return around(ctx, { storage: around(storage, { kv: around(storage.kv, { put }), setAlarm }) });
}

async function ring({ storage }) {
  const at = await storage.getAlarm();
  const now = Date.now();
  if (at !== null && at <= now) await storage.setAlarm(realNow());
  return Response.json({ at, now });
}

/** Only sockets come by request: the rest are messages. */
function upgrade(request) {
  if (!request.headers.has("upgrade")) throw new Error("a message came as a request");
  return request;
}

export class TaskRoom extends app.TaskRoom {
  #ctx;
  constructor(ctx, env) {
    const count = of(ctx.id.name);
    super(room(ctx, count), database(env, count));
    this.#ctx = ctx;
  }
  fetch(request) {
    return request.headers.has("x-shim-ring") ? ring(this.#ctx) : super.fetch(upgrade(request));
  }
}

const reading = (Feed) =>
  class extends Feed {
    #count;
    constructor(ctx, env) {
      const count = of(ctx.id.name);
      super(room(ctx, count), readable(env, count));
      this.#count = count;
    }
    #asked() {
      this.#count.asked++;
      if (feeds === "away") throw new Error("the feed is out of reach");
    }
    async fetch(request) {
      this.#asked();
      return super.fetch(upgrade(request));
    }
    async message(target, text) {
      this.#asked();
      return super.message(target, text);
    }
  };
${others.map((name) => `export const ${name} = reading(app.${name});`).join("\n")}

export default {
  fetch(request, env, ctx) {
    const url = new URL(request.url);
    const rung = url.searchParams.get("ring");
    if (url.pathname === "/__shim" && rung !== null)
      return env.TASKS.getByName(rung).fetch("https://shim.internal/", { headers: { "x-shim-ring": "" } });
    if (url.pathname !== "/__shim") return new app.default(ctx, database(env, of("worker"))).fetch(request);
    d1 = url.searchParams.get("d1") ?? d1;
    read = url.searchParams.get("read") ?? read;
    feeds = url.searchParams.get("feeds") ?? feeds;
    ahead = Number(url.searchParams.get("ahead") ?? ahead);
    return Response.json(counts);
  },
  scheduled(event, env, ctx) {
    return new app.default(ctx, database(env, of("worker"))).scheduled(event);
  },
};
`;

/** A module whose objects take requests only, as those of a version without messages do. */
export const older = (classes: string[]): string => `
import * as app from "./index.js";
export * from "./index.js";
export { default } from "./index.js";

// The runtime takes messages for classes that extend its own.
for (const name of ${JSON.stringify(classes)}) Object.setPrototypeOf(app[name], Function.prototype);
`;
