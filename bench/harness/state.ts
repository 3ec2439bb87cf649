/**
 * Where the measured workerds keep their state. Each new object makes files there, and what that costs says more of
 * the file system than of a Worker: on one machine between 12 and 490 µs of CPU for each file. So it is memory, if
 * the system has a folder of it.
 */

import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";
const FILES = 500;
const PAGE = Buffer.alloc(4096, 1);

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A new folder for the state of all workerds that this process starts, and how to remove it. */
export function makeState(asked?: string): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(asked ?? (isWritable(MEMORY) ? MEMORY : tmpdir()), "taskwire-bench-"));
  process.env.TMPDIR = folder;
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The CPU that a new file of one page takes in `folder`, in µs. */
export function fileCost(folder: string): number {
  const trial = mkdtempSync(join(folder, "trial-"));
  const before = process.cpuUsage();
  for (let file = 0; file < FILES; file++) writeFileSync(join(trial, String(file)), PAGE);
  const { user, system } = process.cpuUsage(before);
  rmSync(trial, { recursive: true });
  return (user + system) / FILES;
}
