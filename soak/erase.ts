/** Erasing: one task, one row of content, or everything of one person. */

import { Random } from "../chaos/random.ts";
import { ask } from "./ask.ts";
import type { Book } from "./book.ts";
import { pathOf } from "./crowd.ts";
import type { Errands } from "./errands.ts";
import type { Person, Work } from "./people.ts";
import { ERASED_CODE, type SoakSocket } from "./socket.ts";

/** When to erase, after the start: some are still running then. */
const AFTER_MS = [0, 20_000] as const;
/** The most time from the answer to the frame. */
const TOLD_MS = 30_000;

export class Eraser {
  readonly #book: Book;
  readonly #errands: Errands;
  readonly #random = new Random("erase");
  /** The share that is erased, 0 to 1. */
  readonly #share: number;

  constructor(book: Book, errands: Errands, share: number) {
    this.#book = book;
    this.#errands = errands;
    this.#share = share;
  }

  /** Erases this one later, by chance. */
  consider(work: Work): void {
    if (!this.#random.chance(this.#share)) return;
    const erase = work.kind === "task" ? () => this.#eraseTask(work) : () => this.#eraseContent(work);
    this.#errands.after(this.#random.whole(...AFTER_MS), "erasing", erase);
  }

  async #eraseTask(work: Work): Promise<void> {
    if (work.fate !== "stays") return;
    const { person, socket, id } = work;
    const feed = person.feeds.get("/tasks");
    const isOnFeed = feed?.isOpen && feed.shown.has(id);
    work.fate = "asked";
    const answer = await ask(this.#book, person, { method: "DELETE", path: pathOf(work), may: [204, 202, 404] });
    if (!answer) return;
    // Everything of this person may have been erased at the same moment.
    if (answer.status === 404 && person.erasures.length === 0)
      this.#book.blame("lost", `${id} was not found when it was to be erased`);
    work.fate = "gone";
    this.#book.count("tasks erased");
    if (socket?.isOpen) await this.#hears(socket, id, "its own socket");
    if (isOnFeed) await this.#hears(feed as SoakSocket, id, "the feed of all tasks");
    if (socket?.isOpen && socket.shown.size === 1)
      await socket
        .until(({ isOpen }) => !isOpen, TOLD_MS)
        .catch(() => {
          this.#book.blame("not closed", `the socket on ${id} is open after it was erased`);
        });
    const code = socket?.closed?.code;
    if (code !== undefined && code >= 4000 && code !== ERASED_CODE)
      this.#book.blame("not closed", `the socket on ${id} was closed with ${code} when it was erased`);
  }

  async #eraseContent(work: Work): Promise<void> {
    const { person } = work;
    const found = await ask(this.#book, person, { path: pathOf(work), may: [200, 404] });
    const contentId: string | undefined = found?.body.content?.id;
    if (work.fate !== "stays" || contentId === undefined) return;
    const feed = person.feeds.get("/content");
    const isOnFeed = feed?.isOpen && feed.rows.has(contentId);
    work.contentId = contentId;
    work.isContentErased = true;
    const path = `/content/${contentId}`;
    if (!(await ask(this.#book, person, { method: "DELETE", path, may: [204, 202, 404] }))) return;
    this.#book.count("rows of content erased");
    if (isOnFeed) await this.#hears(feed as SoakSocket, contentId, "the feed of all content");
  }

  /** Checks that the socket is told, unless it closes meanwhile. */
  async #hears(socket: SoakSocket, id: string, name: string): Promise<void> {
    await socket
      .until((one) => one.erased.has(id) || !one.isOpen, TOLD_MS)
      .catch(() => {
        this.#book.blame("not told", `${name} was not told that ${id} was erased`);
      });
  }

  /** Erases what the person has at this moment. It takes the Worker some minutes. */
  async erasePerson(person: Person): Promise<void> {
    const from = performance.now();
    const erasure = { from, to: Number.POSITIVE_INFINITY };
    const before = person.works.filter(({ fate }) => fate === "stays");
    person.erasures.push(erasure);
    for (const work of before) work.fate = "asked";
    const answer = await ask(this.#book, person, { method: "DELETE", path: "/users/me", may: [202] });
    erasure.to = performance.now();
    if (!answer) return;
    for (const work of before) work.fate = "gone";
    this.#book.count("people erased");
    this.#book.count("tasks and channels erased with them", before.length);
  }
}
