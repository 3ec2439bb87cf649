/** The parts of the Workers platform that the baseline uses. The DOM's types have the rest. */

declare module "cloudflare:workers" {
  export class DurableObject<Env> {
    protected ctx: ObjectState;
    protected env: Env;
    constructor(ctx: ObjectState, env: Env);
  }
}

interface ObjectState {
  id: { name: string };
  acceptWebSocket(socket: WebSocket): void;
  getWebSockets(): WebSocket[];
  setWebSocketAutoResponse(pair: WebSocketRequestResponsePair): void;
}

declare class WebSocketRequestResponsePair {
  constructor(request: string, response: string);
}

declare class WebSocketPair {
  0: WebSocket;
  1: WebSocket;
}

interface ResponseInit {
  webSocket?: WebSocket;
}

interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

interface Statement {
  bind(...values: unknown[]): Statement;
  first<Row>(): Promise<Row | null>;
  all<Row>(): Promise<{ results: Row[] }>;
  run(): Promise<{ meta: { changes: number } }>;
}

interface Database {
  prepare(sql: string): Statement;
  batch<Row = unknown>(statements: Statement[]): Promise<{ results: Row[]; meta: { changes: number } }[]>;
}

interface Namespace<Methods> {
  getByName(name: string): Methods & { fetch(request: Request): Promise<Response> };
}
