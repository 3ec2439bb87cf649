/**
 * The provider's working day: takes a request, lets it take its time, settles it, sends the webhooks.
 *
 * Owns the timers between those. HTTP is the routes' business, shapes are the wire's.
 */

import { Courier, type Sealed } from "../courier.ts";
import type { Journal } from "../journal.ts";
import type { Json } from "../json.ts";
import type { EmulatorOptions, Generation } from "../options.ts";
import { type Attempt, attemptOf, type Letter, parcelOf } from "./delivery.ts";
import type { Gallery } from "./gallery.ts";
import type { Kind } from "./kinds.ts";
import { eventOf, type Outcome, plannedOutcome, settle, type Task, TaskBook } from "./tasks.ts";
import { eventBody, eventName } from "./wire.ts";

/** How a test has one webhook sent. */
export interface DeliverOptions {
  /** Sent at the same time, each the same event. */
  copies?: number;
  /** Another wire than the task was made under. */
  generation?: Generation;
  /** Ends a pending task so; for an ended one it is only what the webhook claims. */
  event?: Outcome;
  /** Changes the body before it is signed, in place or by returning another. */
  mutate?: (body: Json) => Json | void;
  /** Changes headers and body after signing. */
  tamper?: (sealed: Sealed) => void;
  /** Unix seconds to sign with. */
  signedAt?: number;
  secret?: string;
  /** Instead of the registered webhook and the request's own. */
  url?: string;
  /** true follows the retry schedule; otherwise each copy is tried once. */
  retry?: boolean;
}

/** What an upscaled picture measures: its original is taken to be 512 a side. */
const UPSCALED = new Map<unknown, string>([
  ["2x", "1024x1024"],
  ["4x", "2048x2048"],
]);

export class Provider {
  readonly book = new TaskBook();
  /** The emulator's own address, for the pictures' URLs; known once it listens. */
  base = "";
  readonly #options: EmulatorOptions;
  readonly #journal: Journal;
  readonly #gallery: Gallery;
  readonly #courier = new Courier();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: EmulatorOptions, journal: Journal, gallery: Gallery) {
    this.#options = options;
    this.#journal = journal;
    this.#gallery = gallery;
  }

  /** Starts a task; it settles and reports by itself unless a test has taken that over. */
  start(kind: Kind, sent: Json): Task {
    const { generation, latencyMs, autoDeliver } = this.#options;
    const { width, height } = this.#gallery.measure(kind === "image.upscale" ? UPSCALED.get(sent.size) : sent.size);
    const task = this.book.create(kind, sent, generation, latencyMs, `${width}x${height}`);
    for (const image of task.images) {
      const seed = `${task.request.prompt}\n${task.model}\n${image.position}`;
      if (image.ok) this.#gallery.hang(image.id, seed, width, height);
    }
    if (autoDeliver) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void this.#conclude(task);
      }, task.durationMs);
      this.#timers.add(timer.unref());
    }
    this.#journal.changed();
    return task;
  }

  async #conclude(task: Task): Promise<void> {
    this.finish(task.id);
    if (task.keywords.has("lost")) return;
    await this.deliver(task.id, { copies: task.keywords.has("twice") ? 2 : 1, retry: true });
  }

  /** Ends a task in the provider's own books and sends nothing: a lost webhook. */
  finish(taskId: string, outcome?: Outcome): Task {
    const task = this.#find(taskId);
    settle(task, outcome ?? plannedOutcome(task));
    this.#journal.changed();
    return task;
  }

  /** Sends the task's webhooks now; resolves when each copy's first attempt has its answer. */
  async deliver(taskId: string, how: DeliverOptions = {}): Promise<Attempt[]> {
    const task = this.finish(taskId, how.event);
    const outcome = how.event ?? (task.status === "failed" ? "failed" : "completed");
    const generation = how.generation ?? task.generation;
    const draft = eventBody(generation, task, outcome, this.base);
    const body = how.mutate?.(draft) ?? draft;
    const letter = {
      taskId,
      event: String(body.event ?? body.type ?? eventName(generation, task.kind, outcome)),
      id: String(body.id ?? eventOf(task, outcome).id),
      body: JSON.stringify(body),
      generation,
      retryScale: how.retry ? this.#options.retryScale : null,
      ...(how.signedAt === undefined ? {} : { signedAt: how.signedAt }),
      ...(how.tamper ? { tamper: how.tamper } : {}),
    };
    const sends = this.#targets(task, how).flatMap((target) =>
      Array.from({ length: how.copies ?? 1 }, () => this.#send({ ...letter, ...target })),
    );
    return Promise.all(sends);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#courier.close();
  }

  #send(letter: Letter): Promise<Attempt> {
    return this.#courier.send(parcelOf(letter), (returned) => {
      const attempt = attemptOf(letter, returned);
      this.#journal.addDelivery(attempt);
      return attempt;
    });
  }

  #targets(task: Task, how: DeliverOptions): { url: string; secret: string | null }[] {
    const secret = how.secret ?? this.#options.webhookSecret;
    if (how.url !== undefined) return [{ url: how.url, secret }];
    const { webhookUrl } = this.#options;
    const registered = webhookUrl === "" ? [] : [{ url: webhookUrl, secret }];
    const custom = (task.request.webhook?.custom ?? []).map(({ url }) => ({ url, secret: null }));
    return [...registered, ...custom];
  }

  #find(taskId: string): Task {
    const task = this.book.byId.get(taskId);
    if (!task) throw new Error(`no task ${taskId}`);
    return task;
  }
}
