/**
 * Modules around the built Worker: a virtual clock, and faults in its bindings.
 *
 * The Worker inside is the unchanged build, without any test hook. `POST /__chaos` is answered by
 * the shim: it sets the clock and the faults, shows the rows, and says which alarms are due. Runs
 * in workerd, so it is text. It does not know what a task is.
 */

import { AROUND, shiftedDate } from "../tests/worker/support/shim_parts.ts";
import type { Clock } from "./clock.ts";

/** What D1 does to the next calls: answers with an error, writes and then says that it failed, or is slow. */
export type D1Mode = "away" | "lost" | "slow";

/** What `POST /__chaos` takes; every field is optional. */
export interface Command {
  clock?: Clock;
  /** The fault of the next `calls` calls to D1; null ends it. */
  d1?: { mode: D1Mode; calls: number } | null;
  /** Rooms whose alarms are moved to match the clock. */
  rooms?: string[];
  /** Rooms whose stored state is wanted. */
  open?: string[];
  /** Runs what the cron trigger runs every minute. */
  sweep?: boolean;
  /** Counts no call to D1 any more that has not ended by now. */
  forget?: boolean;
  /** Gives this user's rows, in every table. */
  rows?: string;
}

/** What it answers. */
export interface Told {
  /** Calls to D1 that have not ended, even if the Worker no longer waits for them. */
  underWay: number;
  /** Rooms whose alarm runs, or should run by now. */
  busy: string[];
  /** When the next alarm of the rooms is due, by the Worker's clock. */
  next: number | null;
  /** The JSON text that each of the opened rooms has stored; null if none. */
  kept: Record<string, string | null>;
  tasks: Record<string, any>[];
  images: Record<string, any>[];
  /** Rows of content. */
  content: Record<string, any>[];
  /** Idempotency keys. */
  keys: Record<string, any>[];
  /** Requests to erase everything that are not done yet. */
  erasures: Record<string, any>[];
}

/** Runs before the Worker: replaces its clock and silences its log. */
export const clockModule = (clock: Clock): string => `
const realTimeout = setTimeout;
export const clock = ${JSON.stringify(clock)};
${shiftedDate("now()")}
export { realNow };
const ahead = () => clock.offset + clock.skew;
export const now = () => Math.floor(clock.epoch + (realNow() - clock.epoch) * clock.rate + ahead());
/** When, in real time, the clock will show \`at\`. */
export const realTimeOf = (at) => clock.epoch + (at - ahead() - clock.epoch) / clock.rate;
globalThis.setTimeout = (run, ms, ...args) => realTimeout(run, (ms ?? 0) / clock.rate, ...args);
const realSignal = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => realSignal(ms / clock.rate);

// The log would only list the injected faults, and it could deadlock: workerd waits for Node to read the log, and Node,
// during an eviction, for workerd.
for (const name of ["debug", "error", "info", "log", "warn"]) console[name] = () => {};
`;

/** Around the Worker. Imports run in order, so the clock is set when the Worker begins. */
export const SHIM = `
import { clock, now, realNow, realTimeOf } from "./clock.js";
import { DurableObject } from "cloudflare:workers";
import * as app from "./index.js";

/** The key of a room's alarm time on the clock. It is deleted with the room's own value. */
const ALARM = "chaos:alarm";
/** The key of that value. */
const ROOM = "room";

let fault = null;
/** Calls to D1 that have not ended. Of one whose request was cancelled, no end is heard. */
const underWay = new Set();
const ringing = new Map();
${AROUND}
/** The fault of this call, if it has one. */
function strike() {
  if (!fault || fault.calls <= 0) return null;
  fault.calls -= 1;
  return fault.mode;
}

/** Waits longer than the Worker does, so the write comes after whatever it did instead. */
async function late(work) {
  await new Promise((resolve) => setTimeout(resolve, 2500));
  return work();
}

async function struck(work) {
  const mode = strike();
  if (mode === "away") throw new Error("D1_ERROR: Network connection lost.");
  const call = {};
  underWay.add(call);
  const done = await (mode === "slow" ? late(work) : work()).finally(() => underWay.delete(call));
  if (mode === "lost") throw new Error("D1_ERROR: Network connection lost.");
  return done;
}

function faulty(statement) {
  for (const name of ["first", "all", "raw", "run"]) {
    const real = statement[name].bind(statement);
    statement[name] = (...args) => struck(() => real(...args));
  }
  const bind = statement.bind.bind(statement);
  statement.bind = (...values) => faulty(bind(...values));
  return statement;
}

function bindings(env) {
  const DB = around(env.DB, {
    batch: (statements) => struck(() => env.DB.batch(statements)),
    prepare: (text) => faulty(env.DB.prepare(text)),
  });
  return around(env, { DB, EVENTS_QUEUE: queue(env), EVENTS_HOOK: hook(env) });
}

/** A queue that outlives the process, and a Worker behind a service binding: both are receivers at the provider's. */
const post = async (env, name, body, headers = {}) =>
  fetch(env.RECEIVER + "/receiver/" + name, { method: "POST", body, headers, redirect: "manual" });
const queue = (env) => ({
  async send(message) {
    const { ok } = await post(env, "queue/messages", JSON.stringify(message));
    if (!ok) throw new Error("the queue did not take it");
  },
});
const hook = (env) => ({ fetch: async (request) => post(env, "hook", await request.text(), request.headers) });

/** The object's context, with alarms on the clock. */
function context(ctx) {
  const { storage } = ctx;
  const setAlarm = (at, ...more) => {
    storage.kv.put(ALARM, Number(at));
    return storage.setAlarm(realTimeOf(Number(at)), ...more);
  };
  const getAlarm = async () => ((await storage.getAlarm()) === null ? null : (storage.kv.get(ALARM) ?? null));
  return around(ctx, { storage: around(storage, { setAlarm, getAlarm }) });
}

const object = (Inner) =>
  class extends DurableObject {
    #ctx;
    #env;
    #inner;
    constructor(ctx, env) {
      super(ctx, env);
      this.#ctx = ctx;
      this.#env = env;
      this.anew();
    }
    /** Forgets what it has in memory, as an eviction does. */
    anew() {
      this.#inner = new Inner(context(this.#ctx), bindings(this.#env));
    }
    async fetch(request) {
      switch (request.headers.get("x-chaos")) {
        case "alarm":
          return Response.json(await this.#alarm());
        case "open":
          return Response.json(this.#ctx.storage.kv.get(ROOM) ?? null);
        default:
          return this.#inner.fetch(request);
      }
    }
    message(...args) {
      return this.#inner.message(...args);
    }
    async alarm(...args) {
      const { name } = this.#ctx.id;
      ringing.set(name, (ringing.get(name) ?? 0) + 1);
      try {
        return await this.#inner.alarm(...args);
      } finally {
        ringing.set(name, ringing.get(name) - 1);
      }
    }
    webSocketMessage(...args) {
      return this.#inner.webSocketMessage(...args);
    }
    webSocketClose(...args) {
      return this.#inner.webSocketClose(...args);
    }
    webSocketError(...args) {
      return this.#inner.webSocketError(...args);
    }
    /** Moves the alarm to match the clock. Returns its time, and whether it runs or should by now. */
    async #alarm() {
      const { storage } = this.#ctx;
      const at = await storage.getAlarm();
      const runs = ringing.get(this.#ctx.id.name) > 0;
      if (at === null) return { at: null, isBusy: runs };
      const own = storage.kv.get(ALARM);
      const wanted = Math.max(1, Math.floor(realTimeOf(own)));
      if (Math.abs(at - wanted) > 5) await storage.setAlarm(wanted);
      // workerd's own scheduler may forget an alarm that was moved while another one ran, though it is stored.
      else if (!runs && realNow() - wanted > 1000) {
        await storage.deleteAlarm();
        await storage.setAlarm(wanted);
      }
      return { at: own, isBusy: wanted <= realNow() };
    }
  };

export const TaskRoom = object(app.TaskRoom);
export const FeedRoom = object(app.FeedRoom);

async function command(request, env, ctx) {
  const { clock: set, d1, rooms = [], open = [], sweep, rows, forget } = await request.json();
  if (set) Object.assign(clock, set);
  if (d1 !== undefined) fault = d1;
  if (forget) underWay.clear();
  if (sweep) await new app.default(ctx, bindings(env)).scheduled({ cron: "* * * * *", scheduledTime: now() });
  const ask = async (name, what) => {
    const answer = await env.TASKS.getByName(name).fetch("https://shim.internal/", { headers: { "x-chaos": what } });
    return [name, await answer.json()];
  };
  const alarms = await Promise.all(rooms.map((name) => ask(name, "alarm")));
  const busy = alarms.flatMap(([name, { isBusy }]) => (isBusy ? [name] : []));
  const due = alarms.flatMap(([, { at }]) => at ?? []);
  const kept = Object.fromEntries(await Promise.all(open.map((name) => ask(name, "open"))));
  const select = async (table) =>
    rows ? (await env.DB.prepare("SELECT * FROM " + table + " WHERE user_id = ?").bind(rows).all()).results : [];
  const next = due.length > 0 ? Math.min(...due) : null;
  const [tasks, images, content, keys, erasures] = await Promise.all(
    ["tasks", "images", "ai_content", "idempotency_keys", "erasures"].map(select),
  );
  return Response.json({ underWay: underWay.size, busy, next, kept, tasks, images, content, keys, erasures });
}

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/__chaos") return command(request, env, ctx);
    return new app.default(ctx, bindings(env)).fetch(request);
  },
};
`;
