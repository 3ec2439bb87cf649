/**
 * A machine that has node, npm and git, and nothing else: a PATH and a HOME of its own, and the registry that it is told.
 * `sh` is there because npm runs scripts with it.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** For one command. Far above what any takes. */
const DEADLINE_MS = 240_000;

export interface Ended {
  code: number | null;
  output: string;
}

/** A command that runs on. */
export interface Running {
  output(): string;
  /** Ends it as Ctrl-C does, with all that it has started. */
  stop(): Promise<Ended>;
  ended: Promise<Ended>;
}

function find(name: string): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const file = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`${name} is not in PATH`);
  return realpathSync(file);
}

export class Environment {
  readonly work: string;
  readonly #root: string;
  readonly #env: Record<string, string>;
  readonly #running = new Set<ChildProcess>();

  constructor(registry: string) {
    this.#root = realpathSync(mkdtempSync(join(tmpdir(), "taskwire-user-")));
    const bin = join(this.#root, "bin");
    const home = join(this.#root, "home");
    this.work = join(this.#root, "work");
    for (const folder of [bin, home, this.work]) mkdirSync(folder);
    symlinkSync(realpathSync(process.execPath), join(bin, "node"));
    for (const name of ["npm", "npx", "git", "sh"]) symlinkSync(find(name), join(bin, name));
    this.#env = {
      PATH: bin,
      HOME: home,
      CI: "1",
      WRANGLER_SEND_METRICS: "false",
      npm_config_registry: registry,
      npm_config_update_notifier: "false",
      npm_config_audit: "false",
      npm_config_fund: "false",
    };
  }

  at(...path: string[]): string {
    return join(this.work, ...path);
  }

  start(folder: string, command: string, args: readonly string[], env: Record<string, string> = {}): Running {
    const child = spawn(join(this.#env.PATH ?? "", command), args, {
      cwd: folder,
      env: { ...this.#env, ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#running.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    const ended = new Promise<Ended>((resolve) => {
      child.once("close", (code) => {
        this.#running.delete(child);
        resolve({ code, output });
      });
    });
    const stop = async () => {
      signal(child, "SIGINT");
      const late = setTimeout(() => signal(child, "SIGKILL"), 10_000);
      const how = await ended;
      clearTimeout(late);
      signal(child, "SIGKILL");
      return how;
    };
    return { output: () => output, stop, ended };
  }

  /** To its end, whatever that is. */
  async run(folder: string, command: string, args: readonly string[], env?: Record<string, string>): Promise<Ended> {
    const { ended, stop } = this.start(folder, command, args, env);
    const late = setTimeout(() => void stop(), DEADLINE_MS);
    const how = await ended;
    clearTimeout(late);
    return how;
  }

  /** To its end, which must be a good one: what it said. */
  async do(folder: string, command: string, ...args: string[]): Promise<string> {
    const { code, output } = await this.run(folder, command, args);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output.slice(-4000)}`);
    return output;
  }

  close(): void {
    for (const child of this.#running) signal(child, "SIGKILL");
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** To its whole group. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // It has gone already.
  }
}
