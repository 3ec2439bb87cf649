/**
 * Planted bugs: modules between the shim and the world, each of which makes the Worker wrong in one
 * way. They test whether a campaign finds bugs of this kind.
 */

/**
 * Takes the shim's place; `fetch` is what the Worker does with a request, `room` and `feed` what is done with
 * a message to an object, and `bindings` what all of them get. `store` gives an object another state.
 */
const module = (own: { fetch?: string; room?: string; feed?: string; bindings?: string }): string => `
import * as shim from "./shim.js";

const forward = (request, env, ctx) => shim.default.fetch(request, env, ctx);
const inner = (message, inner) => inner(message);
const handle = ${own.fetch ?? "forward"};
const bindings = ${own.bindings ?? "(env) => env"};
const receive = { TaskRoom: ${own.room ?? "inner"}, FeedRoom: ${own.feed ?? "inner"} };

const around = (name) =>
  class extends shim[name] {
    #ctx;
    constructor(ctx, env) {
      super(ctx, bindings(env));
      this.#ctx = ctx;
    }
    async message(target, text) {
      // What an object has stored stays in its memory too.
      const store = (text) => {
        this.#ctx.storage.kv.put("room", text);
        this.anew();
      };
      const inner = ({ target, text }) => super.message(target, text);
      return receive[name]({ target, text }, inner, this.#ctx, store);
    }
  };
export const TaskRoom = around("TaskRoom");
export const FeedRoom = around("FeedRoom");
export default { fetch: (request, env, ctx) => handle(request, bindings(env), ctx) };
`;

/** Every third delivery is answered 200 and forgotten. */
export const DROPS_DELIVERIES = module({
  room: `
    ((count) => (message, inner) => {
      const isDropped = message.text.includes('"ingest"') && ++count % 3 === 0;
      return isDropped ? JSON.stringify({ done: { verdict: "applied", task: null } }) : inner(message);
    })(0)`,
});

/** Every third cost is reported to the book as none. */
export const FORGETS_COSTS = module({
  feed: `
    ((count) => (message, inner) => {
      const [path, query] = message.target.split("?");
      const fields = new URLSearchParams(query);
      const word = fields.get("word");
      if (!word?.includes('"cost"') || ++count % 3 !== 0) return inner(message);
      fields.set("word", word.replace(/{"cost":"[^"]*"}/, '"nothing"'));
      return inner({ ...message, target: path + "?" + fields });
    })(0)`,
});

/** A repeated start is a second start. */
export const FORGETS_KEYS = module({
  fetch: `
    (request, env, ctx) => {
      const headers = new Headers(request.headers);
      headers.delete("idempotency-key");
      return forward(new Request(request, { headers }), env, ctx);
    }`,
});

/** A finished task goes on changing: every read shows a newer version. */
export const NEVER_RESTS = module({
  fetch: `
    ((reads) => async (request, env, ctx) => {
      const { pathname } = new URL(request.url);
      const answer = await forward(request, env, ctx);
      if (request.method !== "GET" || !/^\\/tasks\\/tsk_[\\w-]+$/.test(pathname) || answer.status !== 200) return answer;
      const { task } = await answer.json();
      return Response.json({ task: task.status === "pending" ? task : { ...task, version: task.version + ++reads } });
    })(0)`,
});

/** Accepts any webhook: signs it again, with the right secret. */
export const TRUSTS_EVERYBODY = module({
  fetch: `
    async (request, env, ctx) => {
      if (new URL(request.url).pathname !== "/webhooks/mynth") return forward(request, env, ctx);
      const body = await request.text();
      const time = Math.floor(Date.now() / 1000);
      const bytes = (text) => new TextEncoder().encode(text);
      const key = await crypto.subtle.importKey("raw", bytes(env.MYNTH_WEBHOOK_SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(time + "." + body)));
      const hex = [...mac].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      const headers = { "content-type": "application/json", "x-mynth-signature": "t=" + time + ",v1=" + hex };
      return forward(new Request(request.url, { method: "POST", body, headers }), env, ctx);
    }`,
});

/** A feed acknowledges every other frame and shows it to nobody. */
export const SKIPS_FRAMES = module({
  feed: `
    ((count) => (message, inner) => (++count % 2 === 0 ? "" : inner(message)))(0)`,
});

/** A user who watches a batch with a token is shown all of the user's tasks. */
export const MIXES_BATCHES = module({
  fetch: `
    (request, env, ctx) => {
      const url = new URL(request.url);
      if (/^\\/batches\\/[\\w-]+\\/live$/.test(url.pathname) && request.headers.has("authorization")) url.pathname = "/tasks/live";
      return forward(new Request(url, request), env, ctx);
    }`,
});

/** The results of other kinds of tasks are left out. */
export const FORGETS_RESULTS = module({
  room: `
    (message, inner) => {
      const ask = message.text.startsWith('{"ingest"') ? JSON.parse(message.text) : null;
      const completed = ask?.ingest.report.outcome.completed;
      if (!completed) return inner(message);
      completed.result = null;
      return inner({ ...message, text: JSON.stringify(ask) });
    }`,
});

/** The events that an end has caused are not stored with it. */
export const FORGETS_EVENTS = module({
  room: `
    async (message, inner, ctx, store) => {
      const answer = await inner(message);
      const text = ctx.storage.kv.get("room");
      if (text !== undefined) store(text.replace(/,"outbox":\\[.*\\]\\}$/, "}"));
      return answer;
    }`,
});

/** The events that a row has caused are not stored with it. */
export const FORGETS_CONTENT = module({
  room: `
    async (message, inner, ctx, store) => {
      const answer = await inner(message);
      const text = ctx.storage.kv.get("room");
      if (text !== undefined && ctx.id.name.startsWith("channel:")) store(text.replace(/,"outbox":\\[.*\\]\\}$/, "}"));
      return answer;
    }`,
});

/** An event goes out before its row is in D1. */
export const HURRIES_EVENTS = module({
  fetch: `
    async (request, env, ctx) => {
      const isOfRow = new URL(request.url).pathname === "/webhooks/modelriver";
      const answer = await forward(request, env, ctx);
      if (isOfRow) await env.DB.prepare("DELETE FROM ai_content").run();
      return answer;
    }`,
});

/** A ticket never expires: an expired one is signed again, for a later time. */
export const KEEPS_TICKETS = module({
  fetch: `
    async (request, env, ctx) => {
      const offered = request.headers.get("sec-websocket-protocol")?.match(/ticket\\.v1\\.([\\w-]+)\\.[\\w-]+/);
      if (!offered) return forward(request, env, ctx);
      const url64 = (text) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
      const ticket = JSON.parse(atob(offered[1].replaceAll("-", "+").replaceAll("_", "/")));
      const payload = url64(JSON.stringify({ ...ticket, expiresAt: ticket.expiresAt + 1e12 }));
      const bytes = (text) => new TextEncoder().encode(text);
      const key = await crypto.subtle.importKey("raw", bytes(env.TASKWIRE_TOKEN_SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes("taskwire ticket v1\\n" + payload)));
      const headers = new Headers(request.headers);
      headers.set("sec-websocket-protocol", "taskwire, ticket.v1." + payload + "." + url64(String.fromCharCode(...mac)));
      return forward(new Request(request, { headers }), env, ctx);
    }`,
});

/** The room of an erased task goes on as before: the next webhook brings its rows back. */
export const REVIVES_ERASED = module({
  room: `
    async (message, inner, ctx, store) => {
      const before = ctx.storage.kv.get("room");
      const answer = await inner(message);
      if (message.text.startsWith('{"erase"') && before !== undefined) store(before);
      return answer;
    }`,
});

/** A feed is told that a task was erased, and tells nobody. */
export const HIDES_ERASING = module({
  feed: `
    (message, inner) => (message.text.includes('"type":"erased"') ? "" : inner(message))`,
});

/** The rows of an erased task's images stay. */
export const KEEPS_IMAGES = module({
  bindings: `
    (env) => {
      const isTheirs = (text) => text.startsWith("DELETE FROM images WHERE id BETWEEN") && !text.includes("EXISTS");
      const prepare = (text) => env.DB.prepare(isTheirs(text) ? "SELECT ?1, ?2" : text);
      const own = { prepare, batch: (statements) => env.DB.batch(statements) };
      const DB = new Proxy(env.DB, { get: (db, name) => (Object.hasOwn(own, name) ? own : db)[name] });
      return new Proxy(env, { get: (env, name) => (name === "DB" ? DB : env[name]) });
    }`,
});

/** Erasing everything is acknowledged and never done. */
export const ONLY_SAYS_SO = module({
  fetch: `
    (request, env, ctx) =>
      new URL(request.url).pathname === "/users/me"
        ? Response.json({ erasing: true }, { status: 202 })
        : forward(request, env, ctx)`,
});

/** Nothing is ever past its retention. */
export const NEVER_FORGETS = module({
  bindings: `
    (env) => new Proxy(env, { get: (env, name) => (name === "RETENTION_DAYS" ? undefined : env[name]) })`,
});
