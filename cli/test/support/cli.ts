/** The program in a process of its own, as a terminal runs it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../../../tests/worker/support/eventually.ts";
import { KEY } from "./fake.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const NODE = ["--conditions=@taskwire/source", "--disable-warning=ExperimentalWarning"];
const DEADLINE_MS = 30_000;

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export class Running {
  readonly child: ChildProcess;
  out = "";
  err = "";
  readonly ended: Promise<Ended>;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      this.out += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      this.err += text;
    });
    this.ended = once(child, "close").then(([code]) => ({ code, out: this.out, err: this.err }));
  }

  /** The lines of JSON so far. */
  get lines(): Record<string, any>[] {
    const complete = this.out.slice(0, this.out.lastIndexOf("\n") + 1);
    return complete
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  until<T>(probe: () => T): Promise<NonNullable<T>> {
    return eventually(probe, DEADLINE_MS, `${probe}`).catch((error) => {
      throw new Error(`${error.message}\nout: ${this.out}\nerr: ${this.err}`);
    });
  }

  stop(signal: NodeJS.Signals = "SIGINT"): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A folder of its own, with a state of its own: a machine that has never run the program. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), "taskwire-cli-"));
  readonly state = join(this.folder, "state");
  readonly #running = new Set<Running>();
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.#env = { PATH: process.env.PATH, HOME: this.folder, XDG_STATE_HOME: this.state, TASKWIRE_KEY: KEY, ...env };
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const child = spawn(process.execPath, [...NODE, MAIN, ...args], {
      cwd: this.folder,
      env: { ...this.#env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const running = new Running(child);
    this.#running.add(running);
    void running.ended.then(() => this.#running.delete(running));
    return running;
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((each) => each.stop("SIGKILL")));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
