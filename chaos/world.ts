/**
 * The world that a run happens in: the provider, the Worker in a process that can be killed, and
 * the clock of both. One world serves many runs, one after another.
 *
 * It does what it is told and judges nothing.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { freePort } from "../tests/worker/support/child.ts";
import { variables } from "../tests/worker/support/deployment.ts";
import { type HttpProxy, startProxy } from "../tests/worker/support/proxy.ts";
import { stateFolder } from "../tests/worker/support/state.ts";
import { type Clock, newClock, timeOf } from "./clock.ts";
import { MONEY } from "./money.ts";
import type { Job } from "./serve.ts";
import type { Command, D1Mode, Told } from "./shim.ts";

const SERVE = fileURLToPath(new URL("serve.ts", import.meta.url));
const START_MS = 120_000;
/** How long alarms that are due may take, in real time: some wait for a slow D1. */
const ALARMS_MS = 10_000;
/** A busy object is evicted later, while the run goes on. */
const EVICTION_MS = 50;
/** The shim's commands take milliseconds, but a sweep may wait for a slow D1. */
const TOLD_MS = 20_000;
/** When this much time passes on the clock, a sweep runs too: there is one every minute. */
const SWEEP_MS = 60_000;

/** Longer than a run lasts on its clock, except for those about retention. */
export const RETENTION_DAYS = 30;

export class World {
  readonly base: string;
  readonly emulator: Emulator;
  /** Between the Worker and the provider's API: records requests, and can answer in its place. */
  readonly provider: HttpProxy;
  readonly clock: Clock;
  readonly #job: Omit<Job, "clock" | "migrate">;
  #process: ChildProcess | null = null;
  /** The longest start of a Worker in this run, in real time: how busy the machine is. */
  slowestStartMs = 0;
  /** When the power was cut, in real time. */
  readonly kills: number[] = [];
  #evictions = 0;

  private constructor(emulator: Emulator, provider: HttpProxy, clock: Clock, job: Omit<Job, "clock" | "migrate">) {
    this.emulator = emulator;
    this.provider = provider;
    this.clock = clock;
    this.#job = job;
    this.base = `http://127.0.0.1:${job.port}`;
  }

  /** A new world. Its port may be taken before it listens: then with another one. */
  static async make(...of: Parameters<typeof World.attempt>): Promise<World> {
    return World.attempt(...of).catch(() => World.attempt(...of));
  }

  /** `rate` is the clock's, `saboteur` how a test plants a bug: see serve.ts. `more` are variables. */
  static async attempt(rate: number, saboteur?: string, more: Record<string, string> = {}): Promise<World> {
    const port = await freePort();
    const persist = await stateFolder("taskwire-chaos-");
    const webhookUrl = `http://127.0.0.1:${port}/webhooks/mynth`;
    const emulator = await startEmulator({ port: 0, webhookUrl, autoDeliver: false, latencyMs: 0 });
    const provider = await startProxy(emulator.url);
    const vars = {
      ...variables(emulator.url),
      ...MONEY,
      MYNTH_API_URL: provider.url,
      EVENTS_URL: `${emulator.url}/receiver/url`,
      EVENTS_SECRET: emulator.options.receiverSecret,
      RECEIVER: emulator.url,
      RETENTION_DAYS: String(RETENTION_DAYS),
      ...more,
    };
    const world = new World(emulator, provider, newClock(rate), {
      port,
      persist,
      vars,
      ...(saboteur === undefined ? {} : { saboteur }),
    });
    try {
      await world.start(true);
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  get isUp(): boolean {
    return this.#process !== null;
  }

  /** The time as the provider knows it. */
  now(): number {
    return timeOf(this.clock);
  }

  /** Starts the Worker, or starts it again on the state that is there. */
  async start(migrate = false): Promise<void> {
    const began = Date.now();
    const job: Job = { ...this.#job, clock: this.clock, migrate };
    const child = spawn(process.execPath, [SERVE, JSON.stringify(job)], {
      detached: true,
      // A killed process's temporary files are deleted with the state.
      env: { ...process.env, TMPDIR: this.#job.persist },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#process = child;
    const [message] = await Promise.race([
      once(child, "message", { signal: AbortSignal.timeout(START_MS) }),
      once(child, "exit").then(([code]) => {
        throw new Error(`the Worker's process ended with ${code}`);
      }),
    ]);
    if (!(message as { ready?: boolean }).ready) throw new Error("the Worker's process said something else");
    this.slowestStartMs = Math.max(this.slowestStartMs, Date.now() - began);
  }

  /** Ends Node and workerd at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child?.pid || child.exitCode !== null) return;
    const gone = once(child, "exit");
    this.kills.push(Date.now());
    process.kill(-child.pid, "SIGKILL");
    await gone;
    // workerd is not our child: it is gone when nobody listens.
    for (const end = Date.now() + 5000; Date.now() < end; await delay(5)) {
      const answers = await fetch(`${this.base}/healthz`).then(
        () => true,
        () => false,
      );
      if (!answers) return;
    }
    throw new Error("workerd outlived its process group");
  }

  /** Sends a command to the shim. While the Worker is down, nothing is sent. */
  async tell(command: Command): Promise<Told> {
    const rows = { tasks: [], images: [], content: [], keys: [], erasures: [] };
    const nothing = { underWay: 0, busy: [], next: null, kept: {}, ...rows };
    if (!this.isUp) return nothing;
    try {
      const body = JSON.stringify(command);
      const response = await fetch(`${this.base}/__chaos`, {
        method: "POST",
        body,
        signal: AbortSignal.timeout(TOLD_MS),
      });
      if (!response.ok) throw new Error(`the shim answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as Told;
    } catch (error) {
      if (!this.isUp) return nothing;
      throw new Error(`the shim was told ${JSON.stringify(command)}: ${error}`);
    }
  }

  /** Puts the clock forward, and lets the alarms of these rooms that are due by then run. */
  async pass(ms: number, rooms: string[]): Promise<void> {
    if (ms >= SWEEP_MS) await this.#calm();
    this.clock.offset += ms;
    await this.ring(rooms);
    if (ms >= SWEEP_MS) await this.tell({ sweep: true });
  }

  /**
   * Waits for calls to D1 to end: none takes a minute, and putting the clock forward does not speed them up. One that has not
   * ended after so long never will: its request was cancelled.
   */
  async #calm(): Promise<void> {
    for (const end = Date.now() + ALARMS_MS; Date.now() < end; await delay(3))
      if ((await this.tell({})).underWay === 0) return;
    await this.tell({ forget: true });
  }

  /** Makes the Worker's clock wrong. */
  async skew(ms: number, rooms: string[]): Promise<void> {
    if (ms - this.clock.skew >= SWEEP_MS) await this.#calm();
    this.clock.skew = ms;
    await this.ring(rooms);
  }

  /** Lets due alarms run to their end. Returns when the next is due on the clock, or infinity. */
  async ring(rooms: string[]): Promise<number> {
    let busy: string[] = [];
    for (const end = Date.now() + ALARMS_MS; Date.now() < end; await delay(3)) {
      // All of them each time: while one is waited for, another may begin.
      const told = await this.tell({ clock: this.clock, rooms });
      if (told.busy.length === 0) return told.next === null ? Infinity : told.next - this.clock.skew;
      busy = told.busy;
    }
    throw new Error(`alarms that are due do not run: ${busy.join(" ")}`);
  }

  async failD1(mode: D1Mode, calls: number): Promise<void> {
    await this.tell({ d1: { mode, calls } });
  }

  async healD1(): Promise<void> {
    await this.tell({ d1: null });
  }

  /** Evicts an object from memory, as soon as it is idle. */
  async evict(className: string, name: string, webSockets: "hibernate" | "close"): Promise<void> {
    const child = this.#process;
    if (!child?.connected) return;
    const number = ++this.#evictions;
    const waiting = new AbortController();
    const done = new Promise<void>((resolve) => {
      const { signal } = waiting;
      const hear = (message: unknown) => {
        if ((message as { evicted?: number }).evicted === number) resolve();
      };
      child.on("message", hear).on("exit", resolve);
      signal.addEventListener("abort", () => child.off("message", hear).off("exit", resolve));
    });
    child.send({ number, className, name, webSockets }, () => {});
    await Promise.race([done, delay(EVICTION_MS)]);
    waiting.abort();
  }

  async close(): Promise<void> {
    await this.kill();
    await this.provider.close();
    await this.emulator.close();
    await rm(this.#job.persist, { recursive: true, force: true });
  }
}
