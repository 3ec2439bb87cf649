/** One run over tasks of all providers: random moves with faults, then everything is healed and has to agree. */

import { randomUUID } from "node:crypto";
import { type Answer, call } from "../../tests/worker/support/api.ts";
import { type RunWatcher, watchRun } from "../../tests/worker/support/run_watcher.ts";
import type { Random } from "../random.ts";
import type { World } from "../world.ts";
import { type End, OF, PROVIDERS, type ProviderName } from "./jobs.ts";

const TOKEN_LIFE_S = 10 * 365 * 86_400;
const LONG_AGO_S = 1_600_000_000;
const KILLED_RUNS = 0.03;
/** Seconds that pass before the checks: for retries, polls, the longest gap between polls, and searches. */
const PATIENCE = [0, 3, 30, 400, 4_000, 20_000];

interface Job {
  provider: ProviderName;
  prompt: string;
  key: string;
  meanwhile: "nothing" | "webhook" | "cut";
  /** The provider's own ids: one, if all is well. */
  paid: string[];
  /** As the caller was told. */
  told: string | null;
  live: { url: string; ticket: string } | null;
  /** What the Worker has acknowledged first. */
  first: End | null;
  isDropped: boolean;
}

export interface Result {
  problems: string[];
  lines: string[];
  counts: Map<string, number>;
}

export async function mixedRun(world: World, random: Random): Promise<Result> {
  return new Mixed(world, random).play();
}

class Mixed {
  readonly #world: World;
  readonly #random: Random;
  readonly #jobs: Job[] = [];
  readonly #watchers: RunWatcher[] = [];
  readonly #result: Result = { problems: [], lines: [], counts: new Map() };
  #token = "";

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  async play(): Promise<Result> {
    const { emulator, base } = this.#world;
    const user = `user-${randomUUID()}`;
    this.#token = await emulator.token({ sub: user, expiresIn: TOKEN_LIFE_S, iat: LONG_AGO_S });
    emulator.options.webhookOrigin = base;
    emulator.options.modelriver.webhookUrl = `${base}/webhooks/modelriver`;
    emulator.options.replicate.keptMs = Number.MAX_SAFE_INTEGER;
    for (const name of PROVIDERS) OF[name].onStart(emulator, (paid) => this.#paid(name, paid));
    try {
      const moves = this.#random.whole(8, 24);
      const kills = this.#random.chance(KILLED_RUNS);
      for (let i = 0; i < moves && this.#result.problems.length === 0; i += 1)
        await this.#move(kills && i === moves >> 1);
      await this.#heal();
      await this.#conclude();
    } catch (error) {
      this.#blame(String((error as Error).stack));
    } finally {
      for (const watcher of this.#watchers) watcher.terminate();
    }
    return this.#result;
  }

  #blame(text: string): void {
    this.#result.problems.push(text);
  }

  #count(what: string): void {
    this.#result.counts.set(what, (this.#result.counts.get(what) ?? 0) + 1);
  }

  get #rooms(): string[] {
    return this.#jobs.flatMap(({ provider, paid }) => paid.map((id) => OF[provider].roomOf(id)));
  }

  /** A start call has reached a provider, and costs money. */
  async #paid(provider: ProviderName, paid: any): Promise<void> {
    const prompt = OF[provider].promptOf(paid);
    const job = this.#jobs.find((each) => each.prompt === prompt && each.provider === provider);
    if (!job) return this.#blame(`${provider}: ${prompt} was started by nobody`);
    job.paid.push(paid.id);
    paid.createdAt = this.#world.now();
    if (job.paid.length > 1) this.#blame(`${provider}: ${prompt} was paid for ${job.paid.length} times`);
    if (job.meanwhile === "webhook") await this.#deliver(job, 1);
    if (job.meanwhile === "cut") throw new Error("accepted, and the answer lost");
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    const none = { status: 0, headers: new Headers(), body: null, text: "no answer" };
    return call(this.#world.base + path, { ...init, headers: { ...headers, ...init.headers } }).catch(() => none);
  }

  async #start(job: Job): Promise<void> {
    const { path, body } = OF[job.provider];
    const answer = await this.#ask(path, {
      method: "POST",
      body: JSON.stringify(body(job.prompt)),
      headers: { "idempotency-key": job.key },
    });
    this.#note(`start ${job.provider} ${job.meanwhile}: ${answer.status} ${answer.text.slice(0, 80)}`);
    if (answer.status !== 201) return;
    const told = answer.body.taskId ?? answer.body.channelId;
    if (job.told !== null && job.told !== told) this.#blame(`${job.prompt} was ${job.told}, and is ${told} now`);
    job.told = told;
    job.live = answer.body.live;
  }

  #note(line: string): void {
    this.#result.lines.push(line);
  }

  #signedAt(): number {
    return Math.floor(this.#world.now() / 1000);
  }

  async #deliver(job: Job, copies: number): Promise<void> {
    const of = OF[job.provider];
    const { emulator } = this.#world;
    for (const id of job.paid) {
      of.finish(emulator, id);
      const attempts = await of.deliver(emulator, id, { signedAt: this.#signedAt(), copies });
      const statuses = attempts.map(({ status }) => status);
      this.#note(`webhook ${job.provider}: ${statuses.join(" ")}`);
      const isTaken = statuses.some((status) => status !== null && status < 300);
      if (isTaken) job.first ??= of.endOf(emulator, id) ?? null;
    }
  }

  async #move(kill: boolean): Promise<void> {
    const random = this.#random;
    const world = this.#world;
    if (kill) {
      this.#count("kill");
      await world.kill();
      await world.start();
      return;
    }
    const job = this.#jobs.length > 0 ? random.pick(this.#jobs) : null;
    const id = job?.paid[0];
    const weights = {
      start: 5,
      repeat: 1,
      deliver: 4,
      drop: 1,
      step: 3,
      contradict: 2,
      corrupt: 2,
      cancel: 2,
      d1: 2,
      evict: 2,
      pass: 4,
      watch: 2,
    };
    const what = job && id ? random.weighted(weights) : "start";
    this.#count(what);
    this.#note(`${what} ${job?.provider ?? ""}`);
    switch (what) {
      case "start": {
        const provider = random.pick(PROVIDERS);
        const meanwhile = random.weighted({ nothing: 6, webhook: 2, cut: 2 });
        const prompt = `a fox ${randomUUID()}${random.chance(0.2) ? " [fail]" : ""}`;
        const more: Job = {
          provider,
          prompt,
          meanwhile,
          key: randomUUID(),
          paid: [],
          told: null,
          live: null,
          first: null,
          isDropped: false,
        };
        this.#jobs.push(more);
        await this.#start(more);
        this.#count(provider);
        return;
      }
      case "repeat":
        if (job) await this.#start(job);
        return;
      case "deliver":
        if (job) await this.#deliver(job, random.whole(1, 3));
        return;
      case "drop":
        if (!job || !id || !OF[job.provider].canAsk) return;
        OF[job.provider].finish(world.emulator, id);
        job.isDropped = true;
        return;
      case "step":
        if (job && id && OF[job.provider].endOf(world.emulator, id) === undefined)
          await OF[job.provider].step?.(world.emulator, id, random.next(), { signedAt: this.#signedAt(), copies: 2 });
        return;
      case "contradict":
        // Only after the first word: before it, this would be the first.
        if (job && id && job.first !== null)
          await OF[job.provider].contradict(world.emulator, id, { signedAt: this.#signedAt() });
        return;
      case "corrupt": {
        if (!job || !id || OF[job.provider].endOf(world.emulator, id) === undefined) return;
        const how = random.pick(["body", "stale", "none"] as const);
        const attempts = await OF[job.provider].deliver(world.emulator, id, {
          signedAt: this.#signedAt() - (how === "stale" ? 1000 : 0),
          tamper: (sealed) => {
            if (how === "body") sealed.body = sealed.body.replace("{", "{ ");
            if (how === "none")
              for (const name of Object.keys(sealed.headers)) if (/signature/.test(name)) delete sealed.headers[name];
          },
        });
        // ModelRiver's usual scheme does not cover the time.
        const isForged = !(how === "stale" && job.provider === "modelriver");
        for (const { status } of attempts)
          if (isForged && status !== null && status < 400) this.#blame(`${job.provider} took a webhook with ${how}`);
        return;
      }
      case "cancel":
        if (job?.told && OF[job.provider].canCancel)
          await this.#ask(`/tasks/${job.told}/cancel`, { method: "POST", body: "{}" });
        return;
      case "d1":
        return world.failD1(random.pick(["away", "lost", "slow"] as const), random.whole(1, 4));
      case "evict":
        if (job && id)
          await world.evict("TaskRoom", OF[job.provider].roomOf(id), random.pick(["hibernate", "close"] as const));
        return;
      case "pass":
        return this.#pass(random.pick([1, 5, 12, 30, 70, 200]));
      case "watch":
        if (job?.live && job.provider !== "modelriver")
          await watchRun(world.base, job.live).then(
            (watcher) => this.#watchers.push(watcher),
            () => undefined,
          );
        return;
    }
  }

  /** Where an alarm is not seen to run, a power cut makes an end of that, and is one more thing that must not matter. */
  async #pass(seconds: number): Promise<void> {
    const world = this.#world;
    await world.pass(seconds * 1000, this.#rooms).catch(async (error: Error) => {
      if (!/alarms that are due/.test(error.message)) throw error;
      this.#count("cut short");
      await world.kill();
      await world.start();
      await world.pass(seconds * 1000, this.#rooms);
    });
  }

  async #heal(): Promise<void> {
    await this.#world.healD1();
    for (const job of this.#jobs) {
      job.meanwhile = "nothing";
      for (const id of job.paid) OF[job.provider].finish(this.#world.emulator, id);
      for (let i = 0; i < 5 && job.first === null && !job.isDropped; i += 1) await this.#deliver(job, 1);
    }
  }

  async #conclude(): Promise<void> {
    let problems: string[] = [];
    for (const seconds of PATIENCE) {
      await this.#pass(seconds);
      problems = (await Promise.all(this.#jobs.map((job) => this.#check(job)))).flat();
      if (problems.length === 0) break;
    }
    for (const problem of problems) this.#blame(problem);
    for (const watcher of this.#watchers) {
      // A frame that is not newer is an error of the watcher's own.
      if (watcher.closed === null)
        await watcher
          .settled()
          .catch((error: Error) => /came after version/.test(error.message) && this.#blame(error.message));
    }
  }

  /** What the caller sees has to be what the provider did. */
  async #check({ provider, prompt, paid, told }: Job): Promise<string[]> {
    const of = OF[provider];
    const [id] = paid;
    if (id === undefined) return told === null ? [] : [`${prompt} was told ${told}, and no provider has it`];
    const end = of.endOf(this.#world.emulator, id);
    if (provider === "modelriver") {
      if (told === null) return [];
      const { status, body } = await this.#ask(`/channels/${id}`);
      const expected = end === "good" ? "completed" : "failed";
      return status === 200 && body.channel.status === expected
        ? []
        : [`channel ${id}: ${status} ${body?.channel?.status}, ${end}`];
    }
    const taskId = of.roomOf(id);
    const { status, body } = await this.#ask(`/tasks/${taskId}`);
    // A start without an answer that cannot be found, and whose webhook was lost, has only its row.
    if (status === 404 && told === null && !of.canSearch) return [];
    if (status !== 200) return [`${taskId}: ${status}, and its provider has it`];
    const { task } = body;
    const expected = end === "good" ? "completed" : "failed";
    if (task.status !== expected)
      return [`${taskId} is ${task.status} ${task.error?.code ?? ""}, and its provider says ${end}`];
    if (end === "canceled" && task.error.code !== "canceled")
      return [`${taskId} was canceled, and is ${task.error.code}`];
    const listed = (await this.#ask("/tasks?limit=100")).body?.tasks.find((row: any) => row.taskId === taskId);
    return JSON.stringify(listed) === JSON.stringify(task)
      ? []
      : [`${taskId} is another in D1: ${JSON.stringify(listed)?.slice(0, 300)}`];
  }
}
