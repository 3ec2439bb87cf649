/**
 * Browsers that watch: one task, a batch, or all of a user's tasks, coming and going.
 *
 * A watcher remembers what it has seen through every reconnection, as a page does.
 */

import WebSocket from "ws";
import type { Fault } from "./history.ts";
import type { Observed } from "./observed.ts";
import type { Sight } from "./steps.ts";
import { mustOpen, type Ticket } from "./tickets.ts";

type Json = Record<string, any>;

const OPEN_MS = 5000;
/** The close code of a socket whose task was erased. */
const ERASED = 4404;

/** What a watcher needs of the world. */
export interface Surroundings {
  base: string;
  token: string;
  observed: Observed;
  blame(fault: Fault, text: string): void;
  /** Records a fault that took effect. */
  inject(kind: string): void;
  /** The right time, and the Worker's. */
  now(): number;
  workerNow(): number;
  /** Whether a watcher may be shown this task. */
  belongs(viewer: Viewer, taskId: string): boolean;
  /** Tasks that must not be shown any more, by their rooms or from their rows. */
  erased(by: "rooms" | "rows"): Set<string>;
  /** Whether somebody has asked for it to be erased. */
  isUnwanted(taskId: string): boolean;
  /** Another ticket; null if there is none. */
  ticket(viewer: Viewer): Promise<Ticket | null>;
}

/** What was said on one socket. */
interface Connection {
  /** Tasks that it shows. */
  shown: Set<string>;
  /** Tasks that it said were erased. */
  ended: Set<string>;
}

export class Viewer {
  readonly sight: Sight;
  /** The task's id, or the batch's. */
  readonly id: string;
  readonly path: string;
  /** The newest state that it has seen, by task. */
  readonly seen = new Map<string, Json>();
  /** When it first saw that a task was over, by the clock. */
  readonly learned = new Map<string, number>();
  /** The latest. */
  connection: Connection = { shown: new Set(), ended: new Set() };
  readonly #world: Surroundings;
  #ticket: Ticket | null;
  #socket: WebSocket | null = null;

  constructor(sight: Sight, id: string, ticket: Ticket | null, world: Surroundings) {
    this.sight = sight;
    this.id = id;
    this.path = { task: `/tasks/${id}/live`, batch: `/batches/${id}/live`, feed: "/tasks/live" }[sight];
    this.#ticket = ticket;
    this.#world = world;
  }

  get name(): string {
    return this.sight === "feed" ? "the feed" : this.id;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connects, unless it is connected. Returns whether it is. Replaces an expired ticket. */
  async open({ knows, byTicket }: { knows: boolean; byTicket: boolean }): Promise<boolean> {
    if (this.isOpen) return true;
    if (!byTicket) return (await this.#connect(knows, null)) === 101;
    this.#ticket ??= await this.#world.ticket(this);
    const status = await this.#try(knows);
    if (status !== 401) return status === 101;
    this.#ticket = await this.#world.ticket(this);
    return (await this.#try(knows)) === 101;
  }

  /** Connects with its ticket, which must be accepted until it expires and no longer. */
  async #try(knows: boolean): Promise<number> {
    const ticket = this.#ticket;
    if (!ticket) return this.#connect(knows, null);
    const before = this.#world.workerNow();
    const status = await this.#connect(knows, ticket);
    const must = mustOpen(ticket, before, this.#world.workerNow());
    const told = `a ticket for ${this.name} that ends at ${ticket.expiresAt} was answered ${status} at ${before}`;
    if (status === 101 && must === false) this.#world.blame("forged", told);
    if (status === 401 && must === true) this.#world.blame("lost", told);
    if (status === 401 && must !== true) this.#world.inject("expiry");
    return status;
  }

  /** The status of the answer; 101 is a socket, 0 no answer. */
  async #connect(knows: boolean, ticket: Ticket | null): Promise<number> {
    const version = this.sight === "task" ? this.seen.get(this.id)?.version : undefined;
    const query = knows && version !== undefined ? `?version=${version}` : "";
    const headers: Record<string, string> = ticket ? {} : { authorization: `Bearer ${this.#world.token}` };
    const protocols = ticket ? ["taskwire", `ticket.${ticket.text}`] : [];
    const url = this.#world.base.replace("http", "ws") + this.path + query;
    const socket = new WebSocket(url, protocols, { headers, handshakeTimeout: OPEN_MS });
    this.#socket = socket;
    this.#listen(socket);
    const isErased = this.sight === "task" && this.#world.erased("rooms").has(this.id);
    return new Promise((resolve) => {
      socket.on("open", () => {
        if (isErased) this.#world.blame("kept", `a watcher of ${this.id} came after it was erased, and was let in`);
        resolve(101);
      });
      socket.on("close", () => resolve(0));
      socket.on("unexpected-response", (request, { statusCode }) => {
        resolve(statusCode ?? 0);
        request.destroy();
      });
    });
  }

  #listen(socket: WebSocket): void {
    // A task's socket begins with the newest state: nothing older than anybody was shown.
    const least = new Map<string, number>();
    if (this.sight === "task") least.set(this.id, this.#world.observed.newest(this.id));
    const connection: Connection = { shown: new Set(), ended: new Set() };
    this.connection = connection;
    const erased = this.#world.erased(this.sight === "task" ? "rooms" : "rows");
    socket.on("error", () => {}); // a close follows
    socket.on("close", (code) => {
      if (code === ERASED && !connection.ended.has(this.id))
        this.#world.blame("kept", `a watcher of ${this.name} was hung up on, and not told that it was erased`);
    });
    socket.on("message", (data, isBinary) => {
      const text = String(data);
      if (isBinary || !text.startsWith("{")) return;
      const frame = JSON.parse(text);
      if (frame.type === "usage") return;
      if (frame.type === "erased") return this.#hearEnd(frame.taskId, connection);
      const taskId: string = frame.task?.taskId ?? this.id;
      const version: number = frame.version ?? frame.task.version;
      const wanted = least.get(taskId) ?? 0;
      if (version < wanted)
        this.#world.blame(
          "regression",
          `a socket on ${this.name} showed version ${version} of ${taskId} where ${wanted} was the least`,
        );
      // A task's socket never repeats itself; a feed may.
      least.set(taskId, this.sight === "task" ? version + 1 : version);
      const isBack = connection.ended.has(taskId) || erased.has(taskId);
      if (isBack) this.#world.blame("kept", `a socket on ${this.name} showed ${taskId} after it was erased: ${text}`);
      connection.shown.add(taskId);
      this.#hear(frame, version);
    });
  }

  #hearEnd(taskId: string, { shown, ended }: Connection): void {
    shown.delete(taskId);
    ended.add(taskId);
    const told = `a watcher of ${this.name} was told that ${taskId} was erased`;
    if (!this.#world.belongs(this, taskId)) this.#world.blame("leaked", told);
    else if (!this.#world.isUnwanted(taskId)) this.#world.blame("lost", `${told}, which nobody has asked for`);
  }

  #hear({ type, task }: Json, version: number): void {
    if (type === "current") {
      const known = this.seen.get(this.id)?.version;
      if (known !== version)
        this.#world.blame("regression", `version ${version} was called current to a watcher that has ${known}`);
      return;
    }
    const { taskId } = task;
    if (!this.#world.belongs(this, taskId))
      this.#world.blame("leaked", `a watcher of ${this.name} was shown ${JSON.stringify(task)}`);
    this.#world.observed.saw(`a socket on ${this.name}`, task);
    // Ignores a frame older than what it shows, as a page does: after reconnecting, it may be shown rows that are
    // behind.
    if (version < (this.seen.get(taskId)?.version ?? 0)) return;
    this.seen.set(taskId, task);
    if (task.status !== "pending" && !this.learned.has(taskId)) this.learned.set(taskId, this.#world.now());
  }

  /** Disconnects without a close frame, as a page that loses its network. */
  leave(): void {
    this.#socket?.terminate();
    this.#socket = null;
  }
}
