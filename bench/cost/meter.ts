/**
 * A module around a Worker that counts what Cloudflare bills: requests to the Worker and to its objects, rows of D1 by
 * the `meta` of every statement, and rows of the objects' storage by the calls that read or write them.
 *
 * The Worker inside is untouched. `GET /__meter` gives the counts. `GET /__meter?leap=<name>` makes the alarm of that
 * task's object fire now, with the clock put forward to its time: what a task costs a day later is counted within a
 * second.
 */

import { AROUND, shiftedDate } from "../../tests/worker/support/shim_parts.ts";

export interface Counts {
  requests: number;
  objectRequests: number;
  d1Read: number;
  d1Written: number;
  storageRead: number;
  storageWritten: number;
  alarms: number;
}

/** `isBuild`: the build's classes take a wrapped context; the baseline's extend the platform's, which do not. */
export const meter = (classes: readonly string[], isBuild: boolean): string => `
import * as app from "./index.js";

const counts = { requests: 0, objectRequests: 0, d1Read: 0, d1Written: 0, storageRead: 0, storageWritten: 0, alarms: 0 };
let ahead = 0;
${AROUND}${shiftedDate("realNow() + ahead")}
function note({ meta }) {
  counts.d1Read += meta.rows_read;
  counts.d1Written += meta.rows_written;
}

function statement(of) {
  const noted = (name) => async (...args) => {
    const result = await of[name](...args);
    note(result);
    return result;
  };
  const all = noted("all");
  // Only \`all\` and \`run\` report the rows read and written.
  const raw = async () => (await all()).results.map(Object.values);
  const first = async (column) => {
    const row = (await all()).results[0];
    return row === undefined ? null : column === undefined ? row : row[column];
  };
  const bind = (...args) => statement(of.bind(...args));
  return around(of, { bind, all, run: noted("run"), raw, first });
}

function metered(env) {
  const batch = async (statements) => {
    const results = await env.DB.batch(statements);
    results.forEach(note);
    return results;
  };
  const prepare = (text) => statement(env.DB.prepare(text));
  return around(env, { DB: around(env.DB, { batch, prepare }) });
}

/** Counts values and alarms. SQL is refused: neither Worker uses it, and it would not be counted. */
function stored({ storage }) {
  const read = (of, name) => (...args) => (counts.storageRead++, of[name](...args));
  const write = (of, name) => (...args) => (counts.storageWritten++, of[name](...args));
  const list = (of) => (...args) => {
    const found = [...of.list(...args)];
    counts.storageRead += found.length;
    return found;
  };
  const { kv } = storage;
  return around(storage, {
    kv: around(kv, { get: read(kv, "get"), put: write(kv, "put"), delete: write(kv, "delete"), list: list(kv) }),
    get: read(storage, "get"),
    put: write(storage, "put"),
    delete: write(storage, "delete"),
    deleteAll: write(storage, "deleteAll"),
    setAlarm: (at, ...more) => (counts.alarms++, storage.setAlarm(Number(at) - ahead, ...more)),
    getAlarm: async () => {
      const at = await storage.getAlarm();
      return at === null ? null : at + ahead;
    },
    get sql() {
      throw new Error("the meter does not count SQL");
    },
  });
}

/** Makes an object's alarm fire now. Answers whether it had one. */
async function leap({ storage }) {
  const at = await storage.getAlarm();
  if (at === null) return Response.json({ leapt: false });
  ahead += Math.max(0, at - realNow());
  await storage.setAlarm(realNow());
  return Response.json({ leapt: true });
}

const isBuild = ${isBuild};

/** The methods that are called from outside, besides \`fetch\`. */
const EVENTS = ["alarm", "message", "broadcast"];

function meteredClass(inner) {
  class Metered extends inner {
    constructor(ctx, env) {
      const ours = [around(ctx, { storage: stored(ctx) }), metered(env)];
      super(...(isBuild ? ours : [ctx, env]));
      this.own = ctx;
      if (!isBuild) [this.ctx, this.env] = ours;
    }
    fetch(request) {
      if (new URL(request.url).pathname === "/__leap") return leap(this.own);
      counts.objectRequests++;
      return super.fetch(request);
    }
  }
  // The platform looks methods up on the class, not on the object.
  for (const name of EVENTS.filter((name) => name in inner.prototype)) {
    Metered.prototype[name] = function (...args) {
      counts.objectRequests++;
      return inner.prototype[name].apply(this, args);
    };
  }
  return Metered;
}

${classes.map((name) => `export const ${name} = meteredClass(app.${name});`).join("\n")}

const handler = (env, ctx) => (isBuild ? new app.default(ctx, metered(env)) : app.default);

export default {
  fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname === "/__meter") {
      const name = url.searchParams.get("leap");
      return name === null ? Response.json(counts) : env.TASKS.getByName(name).fetch("http://object/__leap");
    }
    counts.requests++;
    return handler(env, ctx).fetch(request, metered(env), ctx);
  },
  scheduled(event, env, ctx) {
    return handler(env, ctx).scheduled?.(event, metered(env), ctx);
  },
};
`;
