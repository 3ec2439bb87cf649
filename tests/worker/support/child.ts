/**
 * The Worker in a process and a process group of its own, so that `kill -9` can end it in
 * mid-write, and it can be started again on the same state.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type Emulator, startEmulator } from "../../../emulator/emulator.ts";
import { Api } from "./api.ts";
import { variables } from "./deployment.ts";
import { eventually } from "./eventually.ts";

const SERVE = fileURLToPath(new URL("serve.ts", import.meta.url));
const START_MS = 20_000;

/** A port that was free a moment ago. It is fixed, because the Worker has to come back on it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export class Child {
  readonly base: string;
  readonly #port: number;
  readonly #persist: string;
  readonly #vars: Record<string, string>;
  #process: ChildProcess | null = null;

  constructor(port: number, persist: string, vars: Record<string, string>) {
    this.base = `http://127.0.0.1:${port}`;
    this.#port = port;
    this.#persist = persist;
    this.#vars = vars;
  }

  static async make(persist: string, vars: Record<string, string>): Promise<Child> {
    return new Child(await freePort(), persist, vars);
  }

  /** Starts it, or starts it again; resolves when it answers. */
  async start({ migrate = false } = {}): Promise<void> {
    const job = JSON.stringify({ port: this.#port, persist: this.#persist, vars: this.#vars, migrate });
    const child = spawn(process.execPath, [SERVE, job], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    let said = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => (said += text));
    await eventually(() => said.includes("ready"), START_MS, "the Worker starts");
  }

  /** Ends Node and workerd at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child?.pid || child.exitCode !== null) return;
    const gone = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await gone;
    // workerd is not our child: it is gone when nobody answers.
    await eventually(
      () =>
        fetch(`${this.base}/healthz`).then(
          () => false,
          () => true,
        ),
      5000,
      "workerd ends",
    );
  }
}

/** What a crash test has. All of it is removed after the test. */
export interface Crashing {
  child: Child;
  emulator: Emulator;
  ada: Api;
  /** The folder of the Worker's state. */
  state: string;
}

/** A Worker in a process of its own, on empty state, and an emulator that sends its webhooks there. */
export async function startChild(t: TestContext): Promise<Crashing> {
  const state = await mkdtemp(join(tmpdir(), "taskwire-"));
  const emulator = await startEmulator({ port: 0, webhookUrl: "", autoDeliver: false, latencyMs: 0 });
  const child = await Child.make(state, variables(emulator.url));
  t.after(async () => {
    await child.kill();
    await emulator.close();
    await rm(state, { recursive: true, force: true });
  });
  await child.start({ migrate: true });
  emulator.options.webhookUrl = `${child.base}/webhooks/mynth`;
  emulator.options.modelriver.webhookUrl = `${child.base}/webhooks/modelriver`;
  return { child, emulator, ada: new Api(child.base, await emulator.token()), state };
}
