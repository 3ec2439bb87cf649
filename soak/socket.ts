/** A socket that comes and goes: what it was shown, and how it ended. */

import type WebSocket from "ws";
import { LiveSocket } from "../tests/worker/support/live_socket.ts";
import type { Book } from "./book.ts";

/** The close code for what was erased. */
export const ERASED_CODE = 4404;

/** What a socket needs besides its WebSocket, which is all that `open` passes to the constructor. */
export interface Surroundings {
  book: Book;
  /** `a task`, `a batch`, `a channel`, `all tasks` or `all content`. */
  kind: string;
}

interface Shown {
  version: number;
  status: string;
}

export const socketFor = ({ book, kind }: Surroundings) =>
  class SoakSocket extends LiveSocket {
    /** The newest state of each task or channel. */
    readonly shown = new Map<string, Shown>();
    /** The ids of the rows of content. */
    readonly rows = new Set<string>();
    /** The ids in frames of type `erased`. */
    readonly erased = new Set<string>();
    #isLeft = false;

    constructor(socket: WebSocket) {
      super(socket);
      socket.on("open", () => {
        book.count("sockets opened");
        socket.on("close", (code) => {
          if (this.#isLeft) return;
          book.count(`close: ${kind} ${code}`);
          if (code === 1006) book.blame("lost socket", `a socket on ${kind} ended with 1006`);
        });
      });
    }

    get isOpen(): boolean {
      return this.closed === null && !this.#isLeft;
    }

    protected hear(frame: any): void {
      book.count("frames");
      if (frame.type === "erased") this.erased.add(frame.taskId ?? frame.contentId);
      else if (frame.type === "content") this.rows.add(frame.content.id);
      else if (frame.type === "task") this.#see(frame.task.taskId, frame.task);
      else if (frame.type === "channel") this.#see(frame.channel.channelId, frame.channel);
    }

    #see(id: string, { version, status }: Shown): void {
      const before = this.shown.get(id);
      if (before && before.version > version)
        book.blame("older frame", `a socket on ${kind} showed ${id} in version ${version} after ${before.version}`);
      if (this.erased.has(id)) book.blame("shown again", `a socket on ${kind} showed ${id} after it was erased`);
      this.shown.set(id, { version, status });
    }

    protected get seen(): string {
      return JSON.stringify([...this.shown]);
    }

    /** Leaves with a close frame, or as if the network was lost. */
    leave(isPolite: boolean): void {
      this.#isLeft = true;
      if (isPolite) this.close();
      else this.terminate();
    }
  };

export type SoakSocket = InstanceType<ReturnType<typeof socketFor>>;
