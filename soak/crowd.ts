/** What people do all the time: they start, watch, leave and come back, read, and list; and what the provider does. */

import { Random } from "../chaos/random.ts";
import type { Attempt } from "../emulator/mynth/control.ts";
import type { App } from "../tests/worker/support/app.ts";
import { type By, open } from "../tests/worker/support/live_socket.ts";
import { ask } from "./ask.ts";
import type { Book } from "./book.ts";
import type { Errands } from "./errands.ts";
import type { Person, Work } from "./people.ts";
import { type SoakSocket, socketFor } from "./socket.ts";

const STARTS = { single: 60, batch: 10, rate: 10, ai: 20 };
/** The webhook comes soon, in several copies, after the room has polled, or never, so that the room has to poll. */
const WEBHOOKS = { soon: 70, copies: 15, late: 10, never: 5 };
const READS = { one: 4, tasks: 3, content: 2, batch: 1 };
const SOON_MS = [200, 3000] as const;
const LATE_MS = [15_000, 30_000] as const;
/** How long a finished task is watched: it may be erased meanwhile. */
const STAYS_MS = [500, 20_000] as const;
/** From the webhook to the frame. A room polls after 20 s, and then less and less often. */
const SHOWN_MS = 30_000;
const ASKED_MS = 150_000;
const FAILING = 0.15;
const WATCHED = 0.6;

/** Called for all that is started, some of which is erased: see erase.ts. */
export type OnStarted = (work: Work) => void;

export class Crowd {
  readonly #app: App;
  readonly #book: Book;
  readonly #errands: Errands;
  readonly #random = new Random("soak");
  readonly #onStarted: OnStarted;
  readonly #batches: { person: Person; id: string }[] = [];

  constructor(app: App, book: Book, errands: Errands, onStarted: OnStarted) {
    this.#app = app;
    this.#book = book;
    this.#errands = errands;
    this.#onStarted = onStarted;
  }

  #between([least, most]: readonly [number, number]): number {
    return this.#random.whole(least, most);
  }

  /** Starts something, and follows it to its end. */
  async start(person: Person): Promise<void> {
    const expects = this.#random.chance(FAILING) ? "failed" : "completed";
    const word = expects === "failed" ? " [fail]" : "";
    const how = this.#random.weighted(STARTS);
    const post = (path: string, body: object) => ask(this.#book, person, { method: "POST", path, body, may: [201] });
    const sent = performance.now();
    const image = { model: "m/x", count: this.#random.whole(1, 4) };
    const answer = await {
      single: () => post("/generate", { prompt: `a fox${word}`, ...image }),
      batch: () => post("/generate/batch", { prompts: [`a fox${word}`, `a hare${word}`], models: ["m/x", "m/y"] }),
      rate: () => post("/tasks", { kind: "image.rate", request: { url: `https://pictures.example/1.png${word}` } }),
      ai: () => post("/ai", { workflow: "film", messages: [{ role: "user", content: `a film${word}` }] }),
    }[how]();
    if (!answer) {
      person.unclear += 1;
      return;
    }
    const { batchId, tasks, taskId, channelId, live } = answer.body;
    const fate = person.fateOf(sent, performance.now());
    const all: (string | undefined)[] = tasks?.map((task: { taskId?: string }) => task.taskId) ?? [taskId ?? channelId];
    const ids = all.filter((id) => id !== undefined);
    if (ids.length < all.length) {
      person.unclear += 1;
      this.#book.blame("answer", `a part of a batch was not started: ${answer.text.slice(0, 300)}`);
    }
    const works = ids.map((id): Work => {
      const kind = channelId ? "channel" : "task";
      return { kind, id, person, expects, fate, socket: null, contentId: null, isContentErased: false };
    });
    person.works.push(...works);
    this.#book.count("started", works.length);
    if (batchId) this.#batches.push({ person, id: batchId });
    if (this.#random.chance(WATCHED)) {
      const watching = this.#watch(works, live, batchId ? "a batch" : `a ${works[0]?.kind}`);
      // What was started while its user erased everything may be gone by now.
      await (fate === "stays" ? watching : watching.catch(() => {}));
    }
    for (const work of works) {
      this.#settle(work, live);
      this.#onStarted(work);
    }
  }

  async #watch(works: readonly Work[], live: By, kind: string): Promise<void> {
    const socket = await this.#open(kind, live);
    for (const work of works) work.socket = socket;
  }

  async #open(kind: string, by: By, query = ""): Promise<SoakSocket> {
    return open(socketFor({ book: this.#book, kind }), this.#app.base, by, query);
  }

  /** Sends the webhook of one work when it is time, and checks what becomes of it. */
  #settle(work: Work, live: By): void {
    const planned = this.#random.weighted(WEBHOOKS);
    // A channel cannot be polled.
    const how = planned === "never" && work.kind === "channel" ? "late" : planned;
    const later = this.#between(how === "late" ? LATE_MS : SOON_MS);
    const isBatch = work.socket !== null && live.url.startsWith("/batches/");
    const comesBack = work.socket !== null && !isBatch && this.#random.chance(0.3);
    this.#errands.after(later, "webhook", async () => {
      if (comesBack) work.socket?.leave(this.#random.chance(0.5));
      const { emulator } = this.#app;
      if (how === "never") emulator.finish(work.id);
      else await this.#deliver(work, how === "copies" ? this.#random.whole(2, 3) : 1);
      if (comesBack && work.fate === "stays") await this.#comeBack(work, live);
      await this.#isShown(work, how === "never" ? ASKED_MS : SHOWN_MS);
      // Now and then, a provider repeats a webhook that was acknowledged.
      if (how === "copies") this.#errands.after(this.#between(LATE_MS), "webhook", () => this.#deliver(work, 1));
      this.#errands.after(this.#between(STAYS_MS), "leave", async () => {
        if (!isBatch) work.socket?.leave(this.#random.chance(0.5));
      });
      // A batch's socket stays a while: the other tasks may take longer.
      if (isBatch) this.#errands.after(LATE_MS[1], "leave", async () => work.socket?.leave(true));
    });
  }

  /** Sends a webhook, which must be accepted even if its task was erased. */
  async #deliver({ kind, id, fate }: Work, copies: number): Promise<void> {
    const { emulator } = this.#app;
    const attempts: { status: Attempt["status"] }[] = await (kind === "task"
      ? emulator.deliver(id, { copies })
      : emulator.modelriver.deliver(id, { copies }));
    this.#book.count("webhooks", attempts.length);
    if (copies > 1) this.#book.count("webhooks that are copies", copies - 1);
    if (fate !== "stays") this.#book.count("webhooks of what was erased", attempts.length);
    for (const { status } of attempts)
      if (status !== 200) this.#book.blame("webhook", `the webhook of ${id} was answered ${status} (${fate})`);
  }

  async #comeBack(work: Work, live: By): Promise<void> {
    const version = work.socket?.shown.get(work.id)?.version;
    try {
      work.socket = await this.#open(`a ${work.kind}`, live, version ? `?version=${version}` : "");
    } catch (error) {
      // It may have been erased at this moment.
      if (work.fate === "stays") throw error;
    }
  }

  /** A watcher must see how it ended. */
  async #isShown(work: Work, withinMs: number): Promise<void> {
    const { socket, id, expects } = work;
    if (!socket?.isOpen) return;
    const isOver = (one: SoakSocket) => one.shown.get(id)?.status === expects || !one.isOpen || work.fate !== "stays";
    await socket.until(isOver, withinMs).catch((error: Error) => {
      this.#book.blame("not shown", `${id} is not shown as ${expects} after its webhook: ${error.message}`);
    });
  }

  /** Opens a feed of this person, or leaves it. */
  async comeAndGo(person: Person): Promise<void> {
    const [path, kind] = this.#random.pick([
      ["/tasks", "all tasks"],
      ["/content", "all content"],
    ] as const);
    const feed = person.feeds.get(path);
    person.feeds.delete(path);
    if (feed?.isOpen) return feed.leave(this.#random.chance(0.5));
    const ticket = await ask(this.#book, person, { method: "POST", path: `${path}/ticket`, may: [200] });
    if (!ticket) return;
    const socket = await this.#open(kind, { url: `${path}/live`, ticket: ticket.body.ticket });
    person.feeds.get(path)?.leave(true);
    person.feeds.set(path, socket);
  }

  async read(person: Person): Promise<void> {
    const how = this.#random.weighted(READS);
    if (how === "tasks" || how === "content") {
      await ask(this.#book, person, { path: `/${how}?limit=${this.#random.whole(1, 50)}`, may: [200] });
    } else if (how === "batch" && this.#batches.length > 0) {
      // Some of its tasks, or all, may have been erased.
      const batch = this.#random.pick(this.#batches);
      await ask(this.#book, batch.person, { path: `/batches/${batch.id}`, may: [200, 404] });
    } else if (person.works.length > 0) {
      const work = this.#random.pick(person.works);
      const answer = await ask(this.#book, person, { path: pathOf(work), may: [200, 404] });
      if (answer?.status === 404 && work.fate === "stays")
        this.#book.blame("lost", `${work.id} is not found, but nobody has erased it`);
    }
  }
}

export const pathOf = ({ kind, id }: Work): string => `/${kind}s/${id}`;
