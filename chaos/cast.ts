/**
 * The participants of a run: a user with wishes and watchers, and the provider with its webhooks.
 *
 * Sends requests and records every answer. The steps decide what is done when.
 */

import { randomUUID } from "node:crypto";
import type { DeliverOptions, Task } from "../emulator/emulator.ts";
import { listReply } from "../emulator/mynth/wire.ts";
import type { Generation } from "../emulator/options.ts";
import { type Answer, call } from "../tests/worker/support/api.ts";
import { SCHEMES, sendWebhook } from "../tests/worker/support/signatures.ts";
import { Content } from "./content.ts";
import { type Erasure, erasedIn, fateOf } from "./erase.ts";
import { count, type History } from "./history.ts";
import { Observed } from "./observed.ts";
import { orderOf, slotOf } from "./orders.ts";
import type { Meanwhile, Sight, Start } from "./steps.ts";
import { type Ticket, ticketOf } from "./tickets.ts";
import type { Order, Wish } from "./truth.ts";
import { Viewer } from "./watchers.ts";
import type { World } from "./world.ts";

/** Longer than any run lasts on its clock. */
const TOKEN_LIFE_S = 10 * 365 * 86_400;
const LONG_AGO_S = 1_600_000_000;

/** Tasks on a page of the provider's list. */
const LISTED = 100;

const isTaken = (status: number | null) => status !== null && status >= 200 && status < 300;

export class Cast {
  readonly world: World;
  readonly history: History;
  readonly user: string;
  readonly orders: Order[] = [];
  /** By slot. */
  readonly wishes = new Map<number, Wish>();
  readonly viewers: Viewer[] = [];
  readonly erasures: Erasure[] = [];
  readonly observed: Observed;
  readonly content: Content;
  readonly #token: string;
  readonly #generation: Generation;
  readonly #meanwhile = new Map<number, Meanwhile>();

  private constructor(world: World, history: History, user: string, token: string, generation: Generation) {
    this.world = world;
    this.history = history;
    this.user = user;
    this.#token = token;
    this.#generation = generation;
    this.observed = new Observed((text) => history.blame("regression", text));
    this.content = new Content(world, history, user);
    world.emulator.options.generation = generation;
    world.emulator.options.onCreate = (task) => this.#paid(task);
    world.provider.instead = (method, path) => this.#look(method, path);
  }

  static async gather(world: World, history: History, generation: Generation): Promise<Cast> {
    const user = `user-${randomUUID()}`;
    const token = await world.emulator.token({ sub: user, expiresIn: TOKEN_LIFE_S, iat: LONG_AGO_S });
    return new Cast(world, history, user, token, generation);
  }

  /** The provider's API is down, except for start calls. */
  isProviderAway = false;

  /** D1 has failed or been slow in this run, so deleted rows may be there for a while. */
  hasTroubledD1 = false;

  /** Whether anything may have been erased. */
  get hasErased(): boolean {
    return this.erasures.length > 0 || [...this.wishes.values()].some(({ isUnwanted }) => isUnwanted);
  }

  /** The time as the Worker knows it, right or wrong. */
  get workerNow(): number {
    return this.world.now() + this.world.clock.skew;
  }

  /** All objects with alarms. */
  get alarms(): string[] {
    return [...this.rooms, ...this.content.rooms];
  }

  /** The rooms of tasks that may exist. */
  get rooms(): string[] {
    return [...this.wishes.values()].flatMap(({ paid }) => paid.map(({ id }) => id));
  }

  /** A start call has reached the provider, and costs money. */
  async #paid(task: Task): Promise<void> {
    const slot = slotOf(task, this.user);
    const wish = slot === undefined ? undefined : this.wishes.get(slot);
    // A start call for a run that is over would be a bug by itself.
    if (slot === undefined || !wish)
      return this.history.blame("doubled", `${task.request.prompt} was started by nobody`);
    // By the right clock, since the provider's list of tasks is searched by time.
    task.createdAt = this.world.now();
    wish.paid.push(task);
    const sent = [...wish.order.underWay].map(({ at }) => at);
    wish.born = { from: Math.min(this.workerNow, ...sent), to: this.workerNow };
    count(this.history.started, wish.order.isBatch ? "of a batch" : task.kind);
    if (wish.paid.length > 1) this.history.blame("doubled", `slot ${slot} was paid for ${wish.paid.length} times`);
    if (task.kind !== wish.kind)
      this.history.blame("lost", `slot ${slot} is to be ${wish.kind}, and was started as ${task.kind}`);
    switch (this.#meanwhile.get(slot)) {
      case "webhook":
        this.history.inject("early");
        await this.deliver(wish);
        return;
      case "cut":
        this.history.inject("cut");
        throw new Error("accepted, and the answer lost");
      case "kill":
        this.history.inject("kill");
        return this.world.kill();
    }
  }

  /**
   * After a 2xx for its event, the provider no longer lists the task or answers polls for it, so that
   * the Worker cannot repair a lost event by polling.
   */
  #look(method: string, path: string): { status: number; body?: string } | undefined {
    if (method !== "GET") return undefined;
    const wishes = [...this.wishes.values()];
    const wish = wishes.find(({ task }) => task && path.endsWith(task.id));
    if (wish) wish.looks += 1;
    if (this.isProviderAway) return { status: 503 };
    if (!path.startsWith("/tasks?")) return wish?.isAcknowledged ? { status: 404 } : undefined;
    const done = new Set(wishes.flatMap(({ task, isAcknowledged }) => (task && isAcknowledged ? [task.id] : [])));
    const newest = [...this.world.emulator.tasks.values()].slice(-LISTED).reverse();
    const listed = listReply(
      this.#generation,
      newest.filter(({ id }) => !done.has(id)),
    );
    return { status: 200, body: JSON.stringify(listed) };
  }

  /** One request by the user. The status is 0 if the Worker is down. */
  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#token}`, ...(init.headers as Record<string, string>) };
    const none = { status: 0, headers: new Headers(), body: null, text: "no answer" };
    return call(this.world.base + path, { ...init, headers }).catch(() => none);
  }

  /** Adds the order of a step, with its wishes. */
  order(step: Start): Order {
    const order = orderOf(step, this.user, this.world.now());
    this.orders.push(order);
    for (const wish of order.wishes) {
      this.wishes.set(wish.slot, wish);
      wish.born.from = this.workerNow;
    }
    this.#meanwhile.set(step.do === "batch" ? step.at : step.slot, step.meanwhile);
    return order;
  }

  /** Sends an order, for the first time or again. */
  async send(order: Order): Promise<Answer> {
    const { path, body, headers, wishes } = order;
    const request = { at: this.workerNow };
    order.underWay.add(request);
    const answer = await this.ask(path, { method: "POST", body, headers });
    order.underWay.delete(request);
    const slots = wishes.map(({ slot }) => slot).join(" ");
    this.history.note(`  start of slot ${slots}: ${answer.status} ${answer.body?.taskId ?? answer.text.slice(0, 120)}`);
    if (answer.status !== 201) return answer;
    const { batchId, tasks, live } = answer.body;
    if (order.isBatch) {
      if (batchId !== (order.batchId ?? batchId))
        this.history.blame("doubled", `the batch ${order.batchId} was called ${batchId} then`);
      if (tasks.length !== wishes.length)
        this.history.blame("lost", `the batch ${batchId} of ${wishes.length} tasks came to ${tasks.length}`);
      order.batchId = batchId;
    }
    order.ticket = ticketOf(live);
    const entries = order.isBatch ? tasks : [answer.body];
    for (const [i, wish] of wishes.entries()) if (entries[i]?.taskId) this.#told(wish, entries[i]);
    return answer;
  }

  #told(wish: Wish, { taskId, task }: { taskId: string; task: any }): void {
    if (!wish.paid.some(({ id }) => id === taskId) || (wish.told ?? taskId) !== taskId) {
      this.history.blame("doubled", `slot ${wish.slot} was said to be ${taskId}, and before ${wish.told}`);
    }
    wish.told = taskId;
    this.observed.saw("the answer to a start", task);
  }

  /** The provider sends the event that ended the task, as it would: signed now. */
  async deliver(wish: Wish, how: DeliverOptions = {}): Promise<(number | null)[]> {
    if (!wish.task) return [];
    const statuses = await this.#post(wish.task, how);
    if (statuses.some(isTaken)) wish.isAcknowledged = true;
    this.history.note(`  webhook of slot ${wish.slot}: ${statuses.join(" ")}`);
    return statuses;
  }

  /** An event that contradicts the one that counts, or is forged. */
  async claim(wish: Wish, how: DeliverOptions): Promise<(number | null)[]> {
    const statuses = wish.task ? await this.#post(wish.task, { event: wish.opposite, ...how }) : [];
    this.history.note(`  claim about slot ${wish.slot}: ${statuses.join(" ")}`);
    return statuses;
  }

  async #post(task: Task, how: DeliverOptions): Promise<(number | null)[]> {
    const signedAt = Math.floor(this.world.now() / 1000);
    const attempts = await this.world.emulator.deliver(task.id, { signedAt, ...how });
    count(this.history.sent, task.generation, attempts.length);
    return attempts.map(({ status }) => status);
  }

  /** An event of a name that the Worker does not know, which decides nothing. */
  async gossip({ id, kind }: Task): Promise<void> {
    const name = `task.${kind}.progress`;
    const event = this.#generation === "g4" ? { type: name, data: { id } } : { event: name, task: { id } };
    const body = JSON.stringify(event);
    const scheme = SCHEMES[this.#generation === "g1" ? "g2" : this.#generation];
    await sendWebhook(this.world.base, body, scheme(body, { time: Math.floor(this.world.now() / 1000) })).catch(
      () => null,
    );
  }

  viewer(sight: Sight, id: string, ticket: Ticket | null): Viewer {
    const { world, history, observed } = this;
    const viewer = new Viewer(sight, id, ticket, {
      base: world.base,
      token: this.#token,
      observed,
      blame: (fault, text) => history.blame(fault, text),
      inject: (kind) => history.inject(kind),
      now: () => world.now(),
      workerNow: () => this.workerNow,
      erased: (by) => erasedIn(this, by),
      isUnwanted: (taskId) => this.#isUnwanted(taskId),
      belongs: (viewer, taskId) => this.watchedBy(viewer).some((wish) => wish.paid.some(({ id }) => id === taskId)),
      ticket: (viewer) => this.#ticket(viewer),
    });
    this.viewers.push(viewer);
    return viewer;
  }

  #isUnwanted(taskId: string): boolean {
    const wish = [...this.wishes.values()].find(({ paid }) => paid.some(({ id }) => id === taskId));
    return wish !== undefined && fateOf(this, wish) !== "stays";
  }

  /** The wishes whose tasks a watcher is shown. */
  watchedBy({ sight, id }: Viewer): Wish[] {
    const all = [...this.wishes.values()];
    if (sight === "feed") return all;
    return all.filter((wish) => (sight === "task" ? wish.task?.id === id : wish.order.batchId === id));
  }

  /** A fresh ticket. A batch's ticket only comes with its start. */
  async #ticket({ sight, id }: Viewer): Promise<Ticket | null> {
    if (sight === "batch") return null;
    const answer = await this.ask(sight === "feed" ? "/tasks/ticket" : `/tasks/${id}/ticket`, { method: "POST" });
    return answer.status === 200 ? ticketOf(answer.body) : null;
  }

  leave(): void {
    for (const viewer of this.viewers) viewer.leave();
  }
}
