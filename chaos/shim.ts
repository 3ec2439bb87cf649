/**
 * Modules around the built Worker: a clock that comes before it, and faults in what it is bound to.
 *
 * The Worker inside is the build, byte for byte, and has no door for any of this. `POST /__chaos`
 * is answered by the shim: it sets the clock and the faults, shows the rows, and says which alarms
 * are due. Runs in workerd, so it is text; what it must not know is what a task is.
 */

import { type Clock, RATE } from "./clock.ts";

/** What D1 does to the next calls: answers with an error, writes and then says that it failed, or is slow. */
export type D1Mode = "away" | "lost" | "slow";

/** What `POST /__chaos` takes; every field is optional. */
export interface Command {
  clock?: Clock;
  /** The fault of the next `calls` calls to D1; null ends it. */
  d1?: { mode: D1Mode; calls: number } | null;
  /** Rooms whose alarms are moved to where the clock now has them. */
  rooms?: string[];
  /** Gives this user's rows. */
  rows?: string;
}

/** What it answers. */
export interface Told {
  /** Rooms whose alarm runs, or should run by now. */
  busy: string[];
  tasks: Record<string, any>[];
  images: Record<string, any>[];
}

/** Before the Worker: what it takes for the time. */
export const clockModule = (clock: Clock): string => `
const RealDate = Date;
const realTimeout = setTimeout;
export const RATE = ${RATE};
export const clock = ${JSON.stringify(clock)};

export const realNow = () => RealDate.now();
const ahead = () => clock.offset + clock.skew;
export const now = () => Math.floor(clock.epoch + (realNow() - clock.epoch) * RATE + ahead());
/** When, in real time, the clock will show \`at\`. */
export const realTimeOf = (at) => clock.epoch + (at - ahead() - clock.epoch) / RATE;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length > 0) super(...args);
    else super(now());
  }
  static now() {
    return now();
  }
};
globalThis.setTimeout = (run, ms, ...args) => realTimeout(run, (ms ?? 0) / RATE, ...args);
const realSignal = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => realSignal(ms / RATE);
`;

/** Around the Worker. Imports are run in their order: the clock is set when the Worker begins. */
export const SHIM = `
import { clock, now, RATE, realNow, realTimeOf } from "./clock.js";
import * as app from "./index.js";

/** Where a room's alarm is, by the clock: beside the room's own value, and gone when that is. */
const ALARM = "chaos:alarm";

let fault = null;
const ringing = new Map();

/** The same object, but for the properties in \`own\`. Methods stay bound to the real one. */
function around(target, own) {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(own, name)) return own[name];
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The mode of this call, if it is one of those that go wrong. */
function strike() {
  if (!fault || fault.calls <= 0) return null;
  fault.calls -= 1;
  return fault.mode;
}

async function struck(work) {
  const mode = strike();
  if (mode === "away") throw new Error("D1_ERROR: Network connection lost.");
  // Longer than the Worker waits: the write comes late, after whatever it did instead.
  if (mode === "slow") await new Promise((resolve) => setTimeout(resolve, 2500));
  const done = await work();
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
    constructor: env.DB.constructor,
  });
  return around(env, { DB });
}

/** The object's context, with alarms by the clock. */
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
  class {
    #ctx;
    #inner;
    constructor(ctx, env) {
      this.#ctx = ctx;
      this.#inner = new Inner(context(ctx), bindings(env));
    }
    async fetch(request) {
      return request.headers.has("x-chaos") ? Response.json(await this.#alarm()) : this.#inner.fetch(request);
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
    /** Moves the alarm to where the clock has it now. Says whether it runs, or should by now. */
    async #alarm() {
      const { storage } = this.#ctx;
      const at = await storage.getAlarm();
      if (at === null) return ringing.get(this.#ctx.id.name) > 0;
      const wanted = Math.max(1, Math.floor(realTimeOf(storage.kv.get(ALARM))));
      if (Math.abs(at - wanted) > 5) await storage.setAlarm(wanted);
      return wanted <= realNow();
    }
  };

export const TaskRoom = object(app.TaskRoom);
export const FeedRoom = object(app.FeedRoom);

async function command(request, env) {
  const { clock: set, d1, rooms = [], rows } = await request.json();
  if (set) Object.assign(clock, set);
  if (d1 !== undefined) fault = d1;
  const ask = (name) => env.TASKS.getByName(name).fetch("https://shim.internal/", { headers: { "x-chaos": "alarm" } });
  const answers = await Promise.all(rooms.map(async (name) => (await (await ask(name)).json()) && name));
  const select = async (table) =>
    rows ? (await env.DB.prepare("SELECT * FROM " + table + " WHERE user_id = ?").bind(rows).all()).results : [];
  return Response.json({ busy: answers.filter(Boolean), tasks: await select("tasks"), images: await select("images") });
}

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/__chaos") return command(request, env);
    return new app.default(ctx, bindings(env)).fetch(request);
  },
};
`;
