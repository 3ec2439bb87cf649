// A fake server: a test scripts its HTTP answers and its sockets, and can wait for each call.
import { once } from "node:events";
import { createServer, type Server as HttpServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { Queue } from "./queue.ts";

export interface Call {
  /** `GET /tasks/tsk_1?limit=20` */
  line: string;
  headers: IncomingHttpHeaders;
  body: any;
}

export interface Visit {
  /** `/tasks/tsk_1/live?version=3` */
  path: string;
  ticket: string;
  socket: WebSocket;
}

export type Reply = { status?: number; etag?: string; body?: unknown; text?: string } | "hang up";
export type Answer = Reply | ((call: Call) => Reply | Promise<Reply>);

export class Server {
  readonly url: string;
  readonly calls: Call[] = [];
  readonly visits = new Queue<Visit>("a socket");
  /** The answers by `GET /path`, without the query. */
  readonly answers = new Map<string, Answer>();
  /** What happens to the next upgrades. Later ones succeed. */
  readonly upgrades: ("refuse" | "stall")[] = [];
  /** The paths of the upgrades that failed. */
  readonly turnedAway = new Queue<string>("an upgrade that is turned away");
  isEveryUpgradeRefused = false;
  /** Whether pings stay unanswered. */
  isMute = false;
  readonly #http: HttpServer;
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "taskwire" });
  readonly #stalled: Duplex[] = [];
  #tickets = 0;

  private constructor(http: HttpServer) {
    this.#http = http;
    this.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    http.on("request", async (request, response) => {
      let text = "";
      for await (const chunk of request.setEncoding("utf8")) text += chunk;
      const call: Call = {
        line: `${request.method} ${request.url}`,
        headers: request.headers,
        body: text && JSON.parse(text),
      };
      this.calls.push(call);
      const answer = this.answers.get(call.line.split("?")[0] ?? "") ?? this.#usual(call);
      const reply = typeof answer === "function" ? await answer(call) : answer;
      if (reply === "hang up") return void response.destroy();
      const { status = 200, etag, body, text: plain } = reply;
      response.writeHead(status, {
        "content-type": plain === undefined ? "application/json" : "text/html",
        ...(etag && { etag }),
      });
      response.end(plain ?? (body === undefined ? "" : JSON.stringify(body)));
    });
    http.on("upgrade", (request, stream, head) => {
      const path = request.url ?? "";
      stream.on("error", () => {}); // the client has closed it
      const fate = this.isEveryUpgradeRefused ? "refuse" : this.upgrades.shift();
      if (fate) {
        if (fate === "stall") this.#stalled.push(stream);
        else stream.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        this.turnedAway.push(path);
        return;
      }
      this.#sockets.handleUpgrade(request, stream, head, (socket) => {
        const ticket = /ticket\.([^,]*)/.exec(request.headers["sec-websocket-protocol"] ?? "")?.[1] ?? "";
        socket.on("message", (data) => {
          if (String(data) === "ping" && !this.isMute) socket.send("pong");
        });
        this.visits.push({ path, ticket, socket });
      });
    });
  }

  static async start(): Promise<Server> {
    const http = createServer();
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return new Server(http);
  }

  /** Without a scripted answer: tickets succeed, and everything else is not found. */
  #usual({ line }: Call): Reply {
    if (/^POST \S+\/ticket$/.test(line)) return { body: ticket(`ticket-${++this.#tickets}`) };
    return { status: 404, body: { error: { code: "not_found", message: "There is nothing here." } } };
  }

  visit(): Promise<Visit> {
    return this.visits.next();
  }

  /** The lines of the calls so far. */
  get lines(): string[] {
    return this.calls.map(({ line }) => line);
  }

  /** Resolves when all connections are closed. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    for (const stream of this.#stalled) stream.destroy();
    const closed = once(this.#http, "close");
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }
}

export function ticket(name: string, lifeMs = 3_600_000): { ticket: string; expiresAt: string } {
  return { ticket: name, expiresAt: new Date(Date.now() + lifeMs).toISOString() };
}
