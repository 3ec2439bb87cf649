/**
 * What most tests run on: the built Worker in this process, its D1, and an emulator that sends its
 * webhooks there when a test says so.
 */

import type { Miniflare } from "miniflare";
import { type Emulator, type EmulatorSettings, startEmulator } from "../../../emulator/emulator.ts";
import { Api, call } from "./api.ts";
import { backend as backendAt } from "./backend.ts";
import { addressOf, type Beside, deploy, migrate, variables, WORKER } from "./deployment.ts";
import type { AllCounts } from "./shim.ts";
import { type Live, type Watcher, watch } from "./watcher.ts";

export interface AppOptions {
  /** The folder of another build than the usual one. */
  build?: string;
  /** Variables to add or change; null removes one. */
  vars?: Record<string, string | null> | ((emulator: Emulator) => Record<string, string | null>);
  emulator?: EmulatorSettings;
  shim?: boolean | "older";
  /** Gives the Worker a queue and a service binding for events, which lead to the emulator's receiver. */
  backend?: boolean;
  /** Workers beside it, and its bindings to them. */
  beside?: (emulator: Emulator) => Beside;
  /** A folder for the Worker's state, which outlives it. */
  persist?: string;
  unbound?: readonly string[];
  /** How many of the migrations D1 has: all of them by default. */
  migrations?: number;
  /** Returns the address that stands in for the emulator as the provider. */
  provider?: (emulator: Emulator) => Promise<string>;
}

/** What miniflare's types leave out. */
interface Scheduled {
  scheduled(event: { cron: string }): Promise<{ outcome: string }>;
}

export type Row = Record<string, any>;

export class App {
  readonly base: string;
  readonly emulator: Emulator;
  readonly worker: Miniflare;
  /** What the Worker logged, a line each. */
  readonly logs: string[];

  constructor(base: string, emulator: Emulator, worker: Miniflare, logs: string[]) {
    this.base = base;
    this.emulator = emulator;
    this.worker = worker;
    this.logs = logs;
  }

  /** The API as this user calls it. */
  async as(sub: string, claims: Record<string, unknown> = {}): Promise<Api> {
    return new Api(this.base, await this.emulator.token({ sub, ...claims }));
  }

  watch(live: Live, query = ""): Promise<Watcher> {
    return watch(this.base, live, query);
  }

  /** Runs one statement in D1, from outside of the Worker. */
  async sql(text: string, ...values: unknown[]): Promise<Row[]> {
    const db = await this.worker.getD1Database("DB");
    return (
      await db
        .prepare(text)
        .bind(...values)
        .all()
    ).results as Row[];
  }

  /** The rows of a task, by the provider's id. */
  async rows(taskId: string): Promise<{ task: Row | undefined; images: Row[] }> {
    const [task] = await this.sql("SELECT * FROM tasks WHERE mynth_task_id = ?", taskId);
    const images = await this.sql("SELECT * FROM images WHERE task_id = ? ORDER BY position", task?.id ?? "");
    return { task, images };
  }

  /** Evicts the task's object from memory; its sockets hibernate. */
  evict(taskId: string): Promise<void> {
    return this.worker.unsafeEvictDurableObject(WORKER, "TaskRoom", { name: taskId, webSockets: "hibernate" });
  }

  /** The same for the object of a channel. */
  evictChannel(channelId: string): Promise<void> {
    return this.evict(`channel:${channelId}`);
  }

  /** The start calls that have reached the provider. */
  get starts(): number {
    return this.emulator.requests.filter(({ method, path }) => method === "POST" && path === "/image/generate").length;
  }

  /** Sets the shim's D1 mode, if given, and returns the counts. */
  async shim(d1?: "ok" | "hang" | "silent" | "lost"): Promise<AllCounts> {
    return (await call(`${this.base}/__shim${d1 ? `?d1=${d1}` : ""}`)).body;
  }

  /** Makes the next read of a feed hang, with the shim. */
  async hangNextRead(): Promise<void> {
    await call(`${this.base}/__shim?read=hang`);
  }

  /** Makes every feed fail, or work again, with the shim. */
  async setFeeds(feeds: "ok" | "away"): Promise<void> {
    await call(`${this.base}/__shim?feeds=${feeds}`);
  }

  /** Puts the Worker's clock forward, with the shim, by `ms` in total. */
  async putClockForward(ms: number): Promise<void> {
    await call(`${this.base}/__shim?ahead=${ms}`);
  }

  #aheadMs = 0;

  /** The time on the Worker's clock. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Lets the room's next alarm fire, however far away it is: puts the clock forward to it, with the shim. */
  async ring(room: string): Promise<void> {
    const ask = async () => (await call(`${this.base}/__shim?ring=${encodeURIComponent(room)}`)).body;
    const { at, now } = await ask();
    if (at === null || at <= now) return;
    this.#aheadMs += at - now;
    await this.putClockForward(this.#aheadMs);
    await ask();
  }

  /** The structured log lines of this event. */
  lines(event: string): Row[] {
    const all = this.logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    return all.filter((line) => line.event === event);
  }

  /** Runs the sweep now. */
  async sweep(): Promise<void> {
    const worker = (await this.worker.getWorker()) as unknown as Scheduled;
    const { outcome } = await worker.scheduled({ cron: "* * * * *" });
    if (outcome !== "ok") throw new Error(`the sweep ended with ${outcome}`);
  }

  /** Makes every task's row look very old. */
  async age(): Promise<void> {
    await this.sql("UPDATE tasks SET id = '000000000001' || substr(id, 13) WHERE id NOT LIKE '000000000001%'");
    await this.sql("UPDATE images SET task_id = '000000000001' || substr(task_id, 13)");
  }

  async close(): Promise<void> {
    await this.worker.dispose();
    await this.emulator.close();
  }
}

/** Tasks stay pending until the test delivers their webhooks. */
export async function startApp({
  build,
  vars = {},
  emulator: options = {},
  shim = false,
  backend = false,
  beside,
  persist,
  unbound,
  migrations,
  provider,
}: AppOptions = {}): Promise<App> {
  const modelriver = { webhookUrl: "", latencyMs: 0, ...options.modelriver };
  const emulator = await startEmulator({
    port: 0,
    webhookUrl: "",
    autoDeliver: false,
    latencyMs: 0,
    ...options,
    modelriver,
  });
  const logs: string[] = [];
  const own = provider ? { MYNTH_API_URL: await provider(emulator) } : {};
  const changes = typeof vars === "function" ? vars(emulator) : vars;
  const all = Object.entries({ ...variables(emulator.url), ...own, ...changes });
  const set = all.filter((pair): pair is [string, string] => pair[1] !== null);
  const worker = deploy({
    build,
    vars: Object.fromEntries(set),
    shim,
    unbound,
    onLog: (line) => logs.push(line),
    ...(backend ? { beside: backendAt(emulator.url) } : {}),
    ...(beside ? { beside: beside(emulator) } : {}),
    ...(persist === undefined ? {} : { persist }),
  });
  const base = await addressOf(worker);
  emulator.options.webhookOrigin = base;
  emulator.options.webhookUrl = `${base}/webhooks/mynth`;
  emulator.options.modelriver.webhookUrl = `${base}/webhooks/modelriver`;
  await migrate(worker, migrations);
  return new App(base, emulator, worker, logs);
}
