/** The Durable Objects. They hold sockets, which hibernate, and store nothing: D1 has it all. */

import { DurableObject } from "cloudflare:workers";
import type { Env } from "./settings.ts";
import { frameOf, newest, read } from "./tasks.ts";

const SHOWN = 100;

/** The RPC interface of a room. */
export interface Room {
  broadcast(frame: string): Promise<void>;
}

export type Feed = Room;

/** Sockets that all get the same frames. */
export class Sockets<E> extends DurableObject<E> {
  constructor(ctx: ObjectState, env: E) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  broadcast(frame: string): void {
    for (const socket of this.ctx.getWebSockets()) {
      try {
        socket.send(frame);
      } catch {
        // It is closing, and its close event follows.
      }
    }
  }

  protected accept(): { server: WebSocket; upgraded: () => Response } {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const headers = { "sec-websocket-protocol": "taskwire" };
    return { server, upgraded: () => new Response(null, { status: 101, webSocket: client, headers }) };
  }

  webSocketMessage(): void {}

  webSocketClose(socket: WebSocket, code: number): void {
    // These three are reserved and must not be sent.
    if ([1005, 1006, 1015].includes(code)) socket.close();
    else socket.close(code);
  }
}

/** The watchers of one task. */
export class TaskRoom extends Sockets<Env> {
  async fetch(): Promise<Response> {
    // The socket is accepted before the task is read, so that changes made meanwhile are sent to it.
    const { server, upgraded } = this.accept();
    const task = await read(this.env.DB, this.ctx.id.name);
    if (!task) {
      server.close(4404, "not found");
      return new Response(null, { status: 404 });
    }
    server.send(frameOf(task));
    return upgraded();
  }
}

/** The watchers of all tasks of a user. */
export class FeedRoom extends Sockets<Env> {
  async fetch(): Promise<Response> {
    const { server, upgraded } = this.accept();
    const tasks = await newest(this.env.DB, this.ctx.id.name, SHOWN);
    for (const task of tasks.reverse()) server.send(frameOf(task));
    return upgraded();
  }
}
