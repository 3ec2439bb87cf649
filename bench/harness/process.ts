/** What workerd uses, from /proc: processor time and resident memory. */

import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { cpuOf } from "../../soak/memory.ts";

export { cpuOf };

/** Longer than a clock tick, the unit of /proc. */
const LOOK_MS = 60;
const QUIET_LOOKS = 2;

function read(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** Every running workerd that is a child of this process, without zombies. */
export function workerds(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const [, name, state, parent] = /\((.*)\) (\S) (\d+)/.exec(read(pid, "stat")) ?? [];
      return name === "workerd" && state !== "Z" && Number(parent) === process.pid;
    })
    .map(Number);
}

/** Resident memory in MB. */
export function residentOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(read(pid, "status")) ?? [];
  if (kilobytes === undefined) throw new Error(`workerd (${pid}) is gone.`);
  return Number(kilobytes) / 1024;
}

/** How many files this process, and each of its children, may have open. */
export function mostFiles(): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(read("self", "limits")) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}

/** Waits until a process is idle. Gives up after a while, since alarms may go on. */
export async function quiet(pid: number, mostMs = 3000): Promise<void> {
  const end = performance.now() + mostMs;
  let before = cpuOf(pid);
  for (let looks = 0; looks < QUIET_LOOKS && performance.now() < end; ) {
    await delay(LOOK_MS);
    const now = cpuOf(pid);
    looks = now === before ? looks + 1 : 0;
    before = now;
  }
}
