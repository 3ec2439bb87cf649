/** The users of a soak, and what each has started. */

import type { Api } from "../tests/worker/support/api.ts";
import type { App } from "../tests/worker/support/app.ts";
import type { SoakSocket } from "./socket.ts";

/** Tokens are replaced long before they expire after an hour. */
const TOKEN_AGE_MS = 20 * 60_000;

export type Kind = "task" | "channel";

/**
 * `maybe`: it was started while its user was being erased, so either is right. `asked`: the request is on its way, or
 * the row goes within minutes.
 */
export type Fate = "stays" | "asked" | "gone" | "maybe";

/** One task or channel that was started. */
export interface Work {
  kind: Kind;
  id: string;
  person: Person;
  expects: "completed" | "failed";
  fate: Fate;
  socket: SoakSocket | null;
  /** The row of a channel, once it is known. */
  contentId: string | null;
  isContentErased: boolean;
}

export class Person {
  readonly sub: string;
  readonly works: Work[] = [];
  /** The sockets on all tasks and on all content. */
  readonly feeds = new Map<string, SoakSocket>();
  /** Starts that had no good answer, each a violation by itself. The provider may have the task nevertheless. */
  unclear = 0;
  /** When everything of this person was erased, from the request to its answer. */
  readonly erasures: { from: number; to: number }[] = [];
  readonly #app: App;
  #api: { made: number; api: Promise<Api> } | null = null;

  constructor(app: App, sub: string) {
    this.#app = app;
    this.sub = sub;
  }

  get base(): string {
    return this.#app.base;
  }

  /** With a token that is valid for a while. */
  get api(): Promise<Api> {
    const now = performance.now();
    if (!this.#api || now - this.#api.made > TOKEN_AGE_MS) this.#api = { made: now, api: this.#app.as(this.sub) };
    return this.#api.api;
  }

  /** What becomes of something whose start was sent and answered at these times. */
  fateOf(sent: number, answered: number): Fate {
    const isBeingErased = this.erasures.some(({ from, to }) => sent <= to && answered >= from);
    return isBeingErased ? "maybe" : "stays";
  }
}
