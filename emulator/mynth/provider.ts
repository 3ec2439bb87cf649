/**
 * Mynth at work: takes a request, lets it take its time, settles it, sends the webhooks.
 *
 * HTTP is the routes' business, shapes are the wire's.
 */

import type { Context } from "../context.ts";
import { takeCourse } from "../course.ts";
import type { Json } from "../json.ts";
import { mutated, Outbox, type SendOptions } from "../outbox.ts";
import { type About, type Attempt, letterOf, type Target } from "./delivery.ts";
import { Gallery } from "./gallery.ts";
import type { Generation } from "./generation.ts";
import type { Kind } from "./kinds.ts";
import type { MynthOptions } from "./options.ts";
import { eventOf, type Outcome, plannedOutcome, settle, type Task, TaskBook } from "./tasks.ts";
import { eventBody, eventName } from "./wire.ts";

/** How a test has one webhook sent: `url` is instead of the registered webhook and the request's own. */
export interface DeliverOptions extends SendOptions {
  /** Another wire than the task was made under. */
  generation?: Generation;
  /** Ends a pending task so; for an ended one it is only what the webhook claims. */
  event?: Outcome;
}

/** What an upscaled picture measures: its original is taken to be 512 a side. */
const UPSCALED = new Map<unknown, string>([
  ["2x", "1024x1024"],
  ["4x", "2048x2048"],
]);

export class Mynth {
  readonly book = new TaskBook();
  readonly gallery = new Gallery();
  readonly outbox: Outbox<About>;
  readonly #options: MynthOptions;
  readonly #context: Context;

  constructor(options: MynthOptions, context: Context) {
    this.#options = options;
    this.#context = context;
    this.outbox = new Outbox(context);
  }

  /** For the pictures' URLs. */
  get base(): string {
    return this.#context.base();
  }

  /** Starts a task; it settles and reports by itself unless tests have taken that over. */
  start(kind: Kind, sent: Json): Task {
    const { generation, latencyMs } = this.#options;
    const { width, height } = this.gallery.measure(kind === "image.upscale" ? UPSCALED.get(sent.size) : sent.size);
    const task = this.book.create(kind, sent, generation, latencyMs, `${width}x${height}`);
    for (const image of task.images) {
      const seed = `${task.request.prompt}\n${task.model}\n${image.position}`;
      if (image.ok) this.gallery.hang(image.id, seed, width, height);
    }
    takeCourse(task, this, this.#context);
    this.#context.journal.changed();
    return task;
  }

  /** Ends a task in the provider's own books and sends nothing: a lost webhook. */
  finish(taskId: string, outcome?: Outcome): Task {
    const task = this.book.byId.get(taskId);
    if (!task) throw new Error(`no task ${taskId}`);
    settle(task, outcome ?? plannedOutcome(task));
    this.#context.journal.changed();
    return task;
  }

  /** Sends the task's webhooks now; resolves when each copy's first attempt has its answer. */
  async deliver(taskId: string, how: DeliverOptions = {}): Promise<Attempt[]> {
    const task = this.finish(taskId, how.event);
    const outcome = how.event ?? (task.status === "failed" ? "failed" : "completed");
    const generation = how.generation ?? task.generation;
    const body = mutated(eventBody(generation, task, outcome, this.base), how);
    const event = String(body.event ?? body.type ?? eventName(generation, task.kind, outcome));
    const id = String(body.id ?? eventOf(task, outcome).id);
    const text = JSON.stringify(body);
    const sends = this.#targets(task, how).map((target) =>
      this.outbox.send(letterOf({ taskId, event, id, generation }, text, target), how),
    );
    return (await Promise.all(sends)).flat();
  }

  #targets(task: Task, how: DeliverOptions): Target[] {
    const secret = how.secret ?? this.#options.webhookSecret;
    if (how.url !== undefined) return [{ url: how.url, secret }];
    const { webhookUrl } = this.#options;
    const registered = webhookUrl === "" ? [] : [{ url: webhookUrl, secret }];
    const custom = (task.request.webhook?.custom ?? []).map(({ url }) => ({ url, secret: null }));
    return [...registered, ...custom];
  }
}
