/**
 * A small HTTP server: a route table, bodies with a cap, replies as values, CORS where asked.
 *
 * Knows nothing of providers or identity.
 */

import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";

/** Far above any request of the APIs emulated here. */
const BODY_LIMIT = 1024 * 1024;

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  params: Record<string, string>;
  headers: IncomingHttpHeaders;
  body: string;
  /** Whether the caller has left: nobody would read an answer. */
  isGone(): boolean;
}

/** An object becomes JSON; text and bytes are sent as they are, under the headers given. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: object | string | Buffer | null;
}

/** Instead of a reply: the connection is closed with nothing said. */
export const HANG_UP = Symbol("hang up");

export interface Route {
  method: string;
  /** `/tasks/:id` binds one segment. */
  pattern: string;
  handle(call: Call): Promise<Reply | typeof HANG_UP> | Reply | typeof HANG_UP;
  /** Readable from any origin, preflight included. */
  cors?: boolean;
  /** Left out of the record of requests: what a person's browser loads. */
  unrecorded?: boolean;
}

export interface RequestRecord {
  method: string;
  /** With its query. */
  path: string;
  /** Parsed where it is JSON, else the text; null when empty. */
  body: unknown;
  /** null when the emulator hung up. */
  status: number | null;
  at: number;
}

export function json(status: number, body: object | null, headers: Record<string, string> = {}): Reply {
  return { status, body: body === null ? "null" : body, headers: { "content-type": "application/json", ...headers } };
}

export function html(status: number, body: string): Reply {
  return { status, body, headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } };
}

export function redirect(location: string): Reply {
  return { status: 302, headers: { location, "cache-control": "no-store" } };
}

/** The token the caller shows, if it shows one. */
export function bearer(call: Call): string | undefined {
  return /^Bearer (.+)$/i.exec(call.headers.authorization ?? "")?.[1];
}

/** Makes handlers that are for callers with the key only. */
export function keyed(key: () => string, unauthorized: (call: Call) => Reply) {
  return (handle: Route["handle"]): Route["handle"] =>
    (call) =>
      bearer(call) === key() ? handle(call) : unauthorized(call);
}

/** The value, or undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = given[index] ?? "";
    if (part.startsWith(":") && segment !== "") params[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, reply: Reply, cors: boolean): void {
  const { body } = reply;
  const bytes = typeof body === "string" || Buffer.isBuffer(body) ? body : body ? JSON.stringify(body) : "";
  response.writeHead(reply.status, {
    ...(cors ? { "access-control-allow-origin": "*" } : {}),
    ...reply.headers,
    "content-length": Buffer.byteLength(bytes),
  });
  response.end(bytes);
}

const PREFLIGHT: Reply = {
  status: 204,
  headers: {
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-max-age": "600",
  },
};

interface Found {
  route?: Route;
  params: Record<string, string>;
  cors: boolean;
  reply?: Reply;
}

function find(routes: readonly Route[], method: string, path: string): Found {
  const here = routes
    .map((route) => ({ route, params: match(route.pattern, path) }))
    .filter((each): each is { route: Route; params: Record<string, string> } => each.params !== undefined);
  const cors = here.some(({ route }) => route.cors);
  const hit = here.find(({ route }) => route.method === method);
  if (hit) return { ...hit, cors };
  if (here.length === 0) {
    return { params: {}, cors, reply: json(404, { error: { code: "not_found", message: "No such route." } }) };
  }
  if (method === "OPTIONS" && cors) return { params: {}, cors, reply: PREFLIGHT };
  const allow = here.map(({ route }) => route.method).join(", ");
  const message = `This route takes ${allow}.`;
  return { params: {}, cors, reply: json(405, { error: { code: "method_not_allowed", message } }, { allow }) };
}

async function answer(
  routes: readonly Route[],
  record: (request: RequestRecord) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", "http://emulator");
  const found = find(routes, method, url.pathname);
  const body = await readBody(request);
  let reply: Reply | typeof HANG_UP;
  if (body === undefined) {
    reply = json(
      413,
      { error: { code: "payload_too_large", message: "The body is too large." } },
      { connection: "close" },
    );
  } else if (found.route) {
    const { pathname: path, searchParams: query } = url;
    const isGone = () => response.destroyed;
    reply = await found.route.handle({
      method,
      path,
      query,
      params: found.params,
      headers: request.headers,
      body,
      isGone,
    });
  } else {
    reply = found.reply as Reply;
  }
  if (!found.route?.unrecorded) {
    const status = reply === HANG_UP ? null : reply.status;
    record({
      method,
      path: url.pathname + url.search,
      body: body ? (parseJson(body) ?? body) : null,
      status,
      at: Date.now(),
    });
  }
  if (reply === HANG_UP) response.destroy();
  else send(response, reply, found.cors);
}

/** Throws if two routes take the same calls: providers share one address. */
function refuseTwins(routes: readonly Route[]): void {
  const seen = new Set<string>();
  for (const { method, pattern } of routes) {
    const calls = `${method} ${pattern.replace(/:[^/]+/g, ":")}`;
    if (seen.has(calls)) throw new Error(`two routes for ${method} ${pattern}`);
    seen.add(calls);
  }
}

/** A server that is not listening yet. A handler that throws answers 500 and says so on stderr. */
export function serveRoutes(routes: readonly Route[], record: (request: RequestRecord) => void): Server {
  refuseTwins(routes);
  return createServer((request, response) => {
    answer(routes, record, request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return; // the caller went away in mid-body
      console.error("emulator:", error);
      if (response.headersSent) response.destroy();
      else send(response, json(500, { error: { code: "emulator_error", message: "The emulator failed." } }), false);
    });
  });
}
