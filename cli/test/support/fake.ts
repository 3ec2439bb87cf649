/** A deployment that speaks the admin API's contract, with what a test puts into it. Nothing in it is the Worker's. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const KEY = "twk_0123456789abcdef0123456789abcdef";

/** Rows that a page looks at. */
const LOOKS = 120;

export type Row = Record<string, any>;

interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
}

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

const refusal = (code: string, message: string, issues?: { path: string; message: string }[]) => ({
  error: { code, message, ...(issues && { issues }) },
});

/** Where nothing listens any more. */
export async function closedAddress(): Promise<string> {
  const gone = await FakeDeployment.start();
  await gone.close();
  return gone.base;
}

export class FakeDeployment {
  readonly base: string;
  readonly deliveries: Row[] = [];
  readonly events: Row[] = [];
  readonly asked: Asked[] = [];
  /** Answered instead, by path. */
  readonly instead = new Map<
    string,
    (asked: Asked) => [status: number, body: unknown, headers?: Record<string, string>]
  >();
  /** Refuses everything with a 503. */
  isAway = false;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(port = 0): Promise<FakeDeployment> {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    const fake = new FakeDeployment(server);
    server.on("request", (request, response) => void fake.#answer(request, response));
    return fake;
  }

  /** A delivery of Mynth's, unless it is another. */
  arrive(fields: Row = {}): Row {
    const n = this.deliveries.length + 1;
    const { taskId = `tsk_${n}`, event = "task.image.rate.completed" } = fields;
    const body = JSON.stringify({ id: `evt_${n}`, type: event, data: { id: taskId } });
    const row = {
      id: String(n),
      at: new Date().toISOString(),
      provider: "mynth",
      event,
      providerDelivery: `evt_${n}`,
      taskId,
      verdict: "applied",
      status: 200,
      ms: 12,
      bytes: Buffer.byteLength(fields.body ?? body),
      reason: null,
      body,
      isComplete: true,
      settled: null,
      ...fields,
    };
    this.deliveries.push(row);
    return row;
  }

  /** An event for the app's own backend. */
  tell(fields: Row = {}): Row {
    const n = this.events.length + 1;
    const row = {
      id: `evt_tsk_${n}_2`,
      at: new Date().toISOString(),
      type: "task.completed",
      taskId: `tsk_${n}`,
      version: 2,
      state: "delivered",
      roads: {},
      body: `{"type":"task.completed","timestamp":"2026-11-26T04:13:00.000Z","data":{"taskId":"tsk_${n}","version":2}}`,
      ...fields,
    };
    this.events.push(row);
    return row;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname: path, searchParams: query } = new URL(request.url ?? "/", this.base);
    const { method = "GET", headers } = request;
    const asked = { method, path, query, headers, body: Buffer.concat(chunks).toString("utf8") };
    this.asked.push(asked);
    const instead = this.instead.get(path);
    if (this.isAway) return void send(response, 503, refusal("unavailable", "The service is away."));
    if (instead) return void send(response, ...instead(asked));
    if (path.startsWith("/webhooks/")) return void send(response, 200, { received: true });
    if (!path.startsWith("/admin/")) return void send(response, 404, refusal("not_found", "There is no such thing."));
    if (headers.authorization !== `Bearer ${KEY}`)
      return void send(response, 401, refusal("unauthorized", "The key is not known."));
    const found = this.#admin(asked);
    if (found) send(response, 200, found);
    else if (found === undefined) send(response, 404, refusal("not_found", "There is no such thing."));
    else
      send(
        response,
        422,
        refusal("validation_error", "The request is invalid.", [{ path: "cursor", message: "is not of this query" }]),
      );
  }

  /** Undefined: not found. False: the cursor is of another query. */
  #admin({ path, query }: Asked): unknown {
    const [, , kind = "", id] = path.split("/").map(decodeURIComponent);
    if (kind === "deliveries" && id !== undefined) {
      const delivery = this.deliveries.find((each) => each.id === id);
      return delivery && (path.endsWith("/replay") ? { verdict: "duplicate" } : { delivery });
    }
    if (kind === "events" && id !== undefined) {
      const event = this.events.find((each) => each.id === id);
      return event && { event };
    }
    if (kind === "deliveries") return this.#page("deliveries", this.deliveries, query);
    return kind === "events" ? this.#page("events", this.events, query) : undefined;
  }

  #page(name: "deliveries" | "events", all: Row[], query: URLSearchParams): unknown {
    const get = (field: string) => query.get(field);
    const bound = ["task", "verdict", "provider", "since", "state", "order"].map(get).join("|");
    const isOldest = get("order") === "oldest";
    const cursor = get("cursor");
    const [of, after = "-1"] = cursor === null ? [bound] : JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (of !== bound) return false;
    const verdicts = get("verdict")?.split(",");
    const since = get("since");
    const task = get("task");
    const fits = (row: Row) =>
      (!task || row.taskId === task) && (!verdicts || verdicts.includes(row.verdict)) && (!since || row.at >= since);
    const indexed = all.map((row, i) => ({ row, i }));
    const ordered = isOldest ? indexed : indexed.reverse();
    const rest = ordered.filter(({ i }) => cursor === null || (isOldest ? i > Number(after) : i < Number(after)));
    const limit = Number(get("limit") ?? 50);
    // As the real one: a page looks at so many rows, and may be short of what it could show.
    const looked = rest.slice(0, LOOKS);
    const found = looked.filter(({ row }) => fits(row));
    const page = found.slice(0, limit);
    const last = (found.length > limit ? page : looked).at(-1)?.i ?? Number(after);
    const next = Buffer.from(JSON.stringify([bound, String(last)])).toString("base64url");
    const isMore = found.length > limit || rest.length > LOOKS;
    const rows = page.map(({ row: { body: _, isComplete: __, settled: ___, ...row } }) => row);
    return { [name]: rows, nextCursor: isOldest || isMore ? next : null };
  }
}
