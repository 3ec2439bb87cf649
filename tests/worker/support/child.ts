/**
 * The Worker in a process of its own, in a process group of its own: what `kill -9` can end in
 * mid-write, and what can be started again on the same state.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.ts";

const SERVE = fileURLToPath(new URL("serve.ts", import.meta.url));
const START_MS = 20_000;

/** A port that was free a moment ago: the Worker has to come back where it was. */
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
    await eventually(() => fetch(`${this.base}/healthz`).then(() => false, () => true), 5000, "workerd ends");
  }
}
