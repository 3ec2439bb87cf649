/**
 * What workerd uses. Memory is `VmRSS` of its process, from /proc: all that is resident, of every isolate, including
 * SQLite's caches but not its files.
 */

import { readdirSync, readFileSync } from "node:fs";

const SAMPLE_MS = 1000;

/** How much the average of the last third may be above that of the second. */
export const GROWTH = 0.1;

export interface Thirds {
  second: number;
  last: number;
  isFlat: boolean;
}

const average = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** Compares the last third of the samples with the second. The first is warm-up. */
export function compareThirds(samples: readonly number[]): Thirds {
  const third = Math.floor(samples.length / 3);
  const second = average(samples.slice(third, 2 * third));
  const last = average(samples.slice(2 * third));
  return { second, last, isFlat: third > 0 && last <= second * (1 + GROWTH) };
}

/** A file of a process in /proc; empty if the process is gone. */
function read(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** This process's own workerd. */
export function findWorkerd(): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const [, name, parent] = /\((.*)\) \S (\d+)/.exec(read(pid, "stat")) ?? [];
    if (name === "workerd" && Number(parent) === process.pid) return Number(pid);
  }
  throw new Error("workerd is not among the children of this process: the memory cannot be read.");
}

/** The CPU time of a process so far, in milliseconds: user and system, of all threads. */
export function cpuOf(pid: number): number {
  // After the name, which may have spaces. Ticks are a hundredth of a second on Linux.
  const [user = 0, system = 0] = (read(pid, "stat").split(") ")[1] ?? "").split(" ").slice(11, 13).map(Number);
  return (user + system) * 10;
}

/** Bytes. */
function residentOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(read(pid, "status")) ?? [];
  if (kilobytes === undefined) throw new Error(`workerd (${pid}) is gone.`);
  return Number(kilobytes) * 1024;
}

/** Samples every second until it is stopped. */
export class Memory {
  readonly samples: number[] = [];
  /** Why it could not be read, for example because workerd has ended. */
  problem: string | null = null;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      try {
        this.samples.push(residentOf(pid));
      } catch (error) {
        this.problem = (error as Error).message;
        this.stop();
      }
    }, SAMPLE_MS);
  }

  /** The average of the newest samples. */
  last(count: number): number {
    return average(this.samples.slice(-count));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
