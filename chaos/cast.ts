/**
 * Those who take part in a run: a user with wishes and watchers, and the provider with its webhooks.
 *
 * Says what is sent and takes note of every answer; which of it is done when is the steps' business.
 */

import { randomUUID } from "node:crypto";
import type { DeliverOptions, Task } from "../emulator/emulator.ts";
import type { Generation } from "../emulator/options.ts";
import { type Answer, call } from "../tests/worker/support/api.ts";
import { SCHEMES, sendWebhook } from "../tests/worker/support/signatures.ts";
import type { History } from "./history.ts";
import { Observed } from "./observed.ts";
import type { Meanwhile } from "./steps.ts";
import { Wish } from "./truth.ts";
import { Viewer } from "./watchers.ts";
import type { World } from "./world.ts";

/** Longer than any run's clock goes. */
const TOKEN_LIFE_S = 10 * 365 * 86_400;
const LONG_AGO_S = 1_600_000_000;

const isTaken = (status: number | null) => status !== null && status >= 200 && status < 300;

export class Cast {
  readonly world: World;
  readonly history: History;
  readonly user: string;
  readonly wishes = new Map<number, Wish>();
  readonly viewers: Viewer[] = [];
  readonly observed: Observed;
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
    world.emulator.options.generation = generation;
    world.emulator.options.onCreate = (task) => this.#paid(task);
    world.provider.instead = (method, path) => this.#look(method, path);
  }

  static async gather(world: World, history: History, generation: Generation): Promise<Cast> {
    const user = `user-${randomUUID()}`;
    const token = await world.emulator.token({ sub: user, expiresIn: TOKEN_LIFE_S, iat: LONG_AGO_S });
    return new Cast(world, history, user, token, generation);
  }

  /** The provider's API is away, but for start calls. */
  isProviderAway = false;

  /** Rooms that there may be. */
  get rooms(): string[] {
    return [...this.wishes.values()].flatMap(({ paid }) => paid.map(({ id }) => id));
  }

  /** Somebody's first word to the provider has been heard, and costs money. */
  async #paid(task: Task): Promise<void> {
    const slot = Number(/slot (\d+)/.exec(task.request.prompt)?.[1]);
    const wish = this.wishes.get(slot);
    // A start call of a run that is over would be a bug of its own.
    if (!wish || !task.request.prompt.includes(this.user)) return this.history.blame("doubled", `${task.request.prompt} was started by nobody`);
    wish.paid.push(task);
    if (wish.paid.length > 1) this.history.blame("doubled", `slot ${slot} was paid for ${wish.paid.length} times`);
    switch (this.#meanwhile.get(slot)) {
      case "webhook":
        this.history.inject("early");
        return this.deliver(wish);
      case "cut":
        this.history.inject("cut");
        throw new Error("accepted, and the answer lost");
      case "kill":
        this.history.inject("kill");
        return this.world.kill();
    }
  }

  /**
   * Once the provider was told that its event was taken, it has nothing more to say of the task:
   * what a 2xx promised cannot be mended by asking again.
   */
  #look(method: string, path: string): { status: number } | undefined {
    if (method !== "GET") return undefined;
    if (this.isProviderAway) return { status: 503 };
    const wish = [...this.wishes.values()].find(({ task }) => task && path.endsWith(task.id));
    return wish?.isAcknowledged ? { status: 404 } : undefined;
  }

  /** One request of the user's; a Worker that is down answers with status 0. */
  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#token}`, ...(init.headers as Record<string, string>) };
    const none = { status: 0, headers: new Headers(), body: null, text: "no answer" };
    return call(this.world.base + path, { ...init, headers }).catch(() => none);
  }

  wish(slot: number, count: number, word: string, keyed: boolean, meanwhile: Meanwhile): Wish {
    const body = JSON.stringify({ prompt: `slot ${slot} of ${this.user} ${word}`, model: "m/x", count });
    const key: Record<string, string> = keyed ? { "idempotency-key": `${this.user}-${slot}` } : {};
    const wish = new Wish(slot, count, body, { "content-type": "application/json", ...key }, this.world.now());
    this.wishes.set(slot, wish);
    this.#meanwhile.set(slot, meanwhile);
    return wish;
  }

  /** Sends a wish, for the first time or again. */
  async send(wish: Wish): Promise<Answer> {
    const answer = await this.ask("/generate", { method: "POST", body: wish.body, headers: wish.headers });
    this.history.note(`  start of slot ${wish.slot}: ${answer.status} ${answer.body?.taskId ?? answer.text.slice(0, 120)}`);
    if (answer.status !== 201) return answer;
    const { taskId, task } = answer.body;
    if (!wish.paid.some(({ id }) => id === taskId) || (wish.told ?? taskId) !== taskId) {
      this.history.blame("doubled", `slot ${wish.slot} was said to be ${taskId}, and before ${wish.told}`);
    }
    wish.told = taskId;
    this.observed.saw("the answer to a start", task);
    return answer;
  }

  /** The provider sends the event that ended the task, as it would: signed now. */
  async deliver(wish: Wish, how: DeliverOptions = {}): Promise<void> {
    if (!wish.task) return;
    const statuses = await this.#post(wish.task, how);
    if (statuses.some(isTaken)) wish.isAcknowledged = true;
    this.history.note(`  webhook of slot ${wish.slot}: ${statuses.join(" ")}`);
  }

  /** Another event than the one that counts. */
  async claim(wish: Wish, how: DeliverOptions): Promise<(number | null)[]> {
    const statuses = wish.task ? await this.#post(wish.task, { event: wish.opposite, ...how }) : [];
    this.history.note(`  claim about slot ${wish.slot}: ${statuses.join(" ")}`);
    return statuses;
  }

  async #post(task: Task, how: DeliverOptions): Promise<(number | null)[]> {
    const signedAt = Math.floor(this.world.now() / 1000);
    const attempts = await this.world.emulator.deliver(task.id, { signedAt, ...how });
    return attempts.map(({ status }) => status);
  }

  /** An event that decides nothing, of a name that the Worker does not know. */
  async gossip({ id }: Task): Promise<void> {
    const name = "task.image.generate.progress";
    const event = this.#generation === "g4" ? { type: name, data: { id } } : { event: name, task: { id } };
    const body = JSON.stringify(event);
    const scheme = SCHEMES[this.#generation === "g1" ? "g2" : this.#generation];
    await sendWebhook(this.world.base, body, scheme(body, { time: Math.floor(this.world.now() / 1000) })).catch(() => null);
  }

  /** The task as its owner reads it; null where there is no clear answer. */
  async read(taskId: string): Promise<any> {
    const answer = await this.ask(`/tasks/${taskId}`);
    if (answer.status !== 200) return null;
    this.observed.saw("a read", answer.body.task);
    return answer.body.task;
  }

  /** What was acknowledged is there at once, whatever is wrong just now. */
  async readBack(wish: Wish): Promise<void> {
    const isPromised = wish.isAcknowledged;
    if (!wish.told) return;
    const least = this.observed.newest(wish.told);
    const task = await this.read(wish.told);
    if (!task) return;
    if (task.version < least) this.history.blame("regression", `${wish.told} was read at version ${task.version} after version ${least}`);
    if (isPromised && task.status !== wish.task?.status) {
      this.history.blame("lost", `the event of slot ${wish.slot} was acknowledged, and a read shows ${JSON.stringify(task)}`);
    }
  }

  viewer(taskId: string | null): Viewer {
    const blame = (text: string) => this.history.blame("regression", text);
    const viewer = new Viewer(this.world.base, this.#token, taskId, this.observed, blame);
    this.viewers.push(viewer);
    return viewer;
  }

  leave(): void {
    for (const viewer of this.viewers) viewer.leave();
  }
}
