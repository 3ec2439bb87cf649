/** One running Worker to measure, with a provider that answers at once and users who have tokens. */

import type { Miniflare } from "miniflare";
import { type Emulator, startEmulator } from "../../emulator/emulator.ts";
import { eventBody } from "../../emulator/mynth/wire.ts";
import { addressOf, run, variables, WORKER } from "../../tests/worker/support/deployment.ts";
import { standardHeaders } from "../../tests/worker/support/signatures.ts";
import type { Code } from "./code.ts";
import type { Call, Called, Plug } from "./jobs.ts";
import { Load } from "./load.ts";
import { cpuOf, quiet, residentOf, workerds } from "./process.ts";

/** Users, each with a token and a feed. */
const PEOPLE = 50;
/** Log lines kept for the message of a failure. */
const KEPT_LINES = 5;
const JSON_TYPE = { "content-type": "application/json" };

export interface StartedTask {
  taskId: string;
  authorization: string;
  plug: Plug;
}

export interface Letter {
  taskId: string;
  call: Call;
}

/** What something cost, from its beginning until the Worker is idle again. */
export interface Spent<T> {
  result: T;
  cpuMs: number;
}

/** Another secret than the Worker's. */
const WRONG_SECRET = `whsec_${Buffer.from("not the secret that is shared").toString("base64")}`;

/** The number of lines logged, and the newest. */
export class Logs {
  count = 0;
  readonly newest: string[] = [];

  add(line: string): void {
    this.count += 1;
    this.newest.push(line);
    if (this.newest.length > KEPT_LINES) this.newest.shift();
  }
}

export class Site {
  readonly name: string;
  readonly base: string;
  readonly pid: number;
  readonly load: Load;
  readonly emulator: Emulator;
  readonly logs: Logs;
  readonly #worker: Miniflare;
  readonly #people: string[];

  private constructor(of: Pick<Site, "name" | "base" | "pid" | "load" | "emulator" | "logs">, more: SiteParts) {
    this.name = of.name;
    this.base = of.base;
    this.pid = of.pid;
    this.load = of.load;
    this.emulator = of.emulator;
    this.logs = of.logs;
    this.#worker = more.worker;
    this.#people = more.people;
  }

  static async open(code: Code, inspectorPort?: number): Promise<Site> {
    const emulator = await startEmulator({ port: 0, webhookUrl: "", autoDeliver: false, latencyMs: 0 });
    const before = new Set(workerds());
    const logs = new Logs();
    const onLog = (line: string) => logs.add(line);
    const worker = run(code.modules, { vars: { ...variables(emulator.url), ...code.vars }, onLog, inspectorPort });
    const load = new Load();
    try {
      const base = await addressOf(worker);
      const pid = workerds().find((each) => !before.has(each));
      if (pid === undefined) throw new Error("workerd is not among the children of this process.");
      await code.migrate(worker);
      const people = await Promise.all(
        Array.from(
          { length: PEOPLE },
          async (_, number) => `Bearer ${await emulator.token({ sub: `bench ${number}` })}`,
        ),
      );
      return new Site({ name: code.name, base, pid, load, emulator, logs }, { worker, people });
    } catch (error) {
      load.close();
      await worker.dispose();
      await emulator.close();
      throw error;
    }
  }

  /** The bearer token of one of the users. */
  person(number = 0): string {
    return this.#people[number % PEOPLE] as string;
  }

  get residentMb(): number {
    return residentOf(this.pid);
  }

  /** Does the work on an idle Worker, and counts until it is idle again. */
  async spend<T>(work: () => Promise<T>): Promise<Spent<T>> {
    await quiet(this.pid);
    const before = cpuOf(this.pid);
    const result = await work();
    await quiet(this.pid);
    return { result, cpuMs: cpuOf(this.pid) - before };
  }

  calls(calls: Call[], concurrency: number, expect = 200): Promise<Called> {
    return this.load.calls({ base: this.base, calls, concurrency, expect });
  }

  /** Starts `count` tasks of `images` images, of all users in turn or of the first one alone. */
  async start(
    count: number,
    { images = 4, concurrency = 16, alone = false } = {},
  ): Promise<Called & { tasks: StartedTask[] }> {
    const body = JSON.stringify({ prompt: "a fox in the snow", model: "m/x", count: images, metadata: { mine: 1 } });
    const people = Array.from({ length: count }, (_, number) => this.person(alone ? 0 : number));
    const calls = people.map((authorization): Call => {
      return { method: "POST", path: "/generate", headers: { ...JSON_TYPE, authorization }, body };
    });
    const called = await this.load.calls({ base: this.base, calls, concurrency, expect: 201, keep: true });
    const tasks = called.bodies.map((text, index): StartedTask => {
      const { taskId, live } = JSON.parse(text);
      const plug = { path: live.url, ticket: live.ticket, taskId };
      return { taskId, authorization: people[index] as string, plug };
    });
    return { ...called, bodies: [], tasks };
  }

  /** The provider's webhooks that complete these tasks. */
  letters(tasks: readonly StartedTask[], { isForged = false } = {}): Letter[] {
    return tasks.map(({ taskId }) => {
      const task = this.emulator.finish(taskId);
      const body = JSON.stringify(eventBody("g4", task, "completed", this.emulator.url));
      const headers = { ...JSON_TYPE, ...standardHeaders(body, isForged ? { secret: WRONG_SECRET } : {}) };
      return { taskId, call: { method: "POST", path: "/webhooks/mynth", headers, body } };
    });
  }

  /** The feed of the first user. */
  async feed(): Promise<Plug> {
    const headers = { authorization: this.person() };
    const call: Call = { method: "POST", path: "/tasks/ticket", headers };
    const { bodies } = await this.load.calls({
      base: this.base,
      calls: [call],
      concurrency: 1,
      expect: 200,
      keep: true,
    });
    return { path: "/tasks/live", ticket: JSON.parse(bodies[0] ?? "").ticket, taskId: null };
  }

  /** Evicts a task's object from memory; its sockets hibernate. */
  evict(taskId: string): Promise<void> {
    return this.#worker.unsafeEvictDurableObject(WORKER, "TaskRoom", { name: taskId, webSockets: "hibernate" });
  }

  /** Fires the cron trigger. */
  async sweep(): Promise<void> {
    const worker = (await this.#worker.getWorker()) as unknown as Scheduled;
    const { outcome } = await worker.scheduled({ cron: "* * * * *" });
    if (outcome !== "ok") throw new Error(`the sweep ended with ${outcome}`);
  }

  async close(): Promise<void> {
    this.load.close();
    await this.#worker.dispose();
    await this.emulator.close();
  }
}

/** What miniflare's types leave out. */
interface Scheduled {
  scheduled(event: { cron: string }): Promise<{ outcome: string }>;
}

interface SiteParts {
  worker: Miniflare;
  people: string[];
}
