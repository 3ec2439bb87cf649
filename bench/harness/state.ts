/**
 * Where the measured workerds keep their state. Each new object makes files there, and what that costs says more of
 * the file system than of a Worker: on one machine between 12 and 490 µs of CPU for each file. So it is memory, if
 * there is enough.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { stateFolder } from "../../tests/worker/support/state.ts";

const PREFIX = "taskwire-bench-";
const FILES = 500;
const PAGE = Buffer.alloc(4096, 1);

/** A new folder for the state of all workerds that this process starts, and how to remove it. */
export async function makeState(asked?: string): Promise<{ folder: string; remove: () => void }> {
  const folder = asked === undefined ? await stateFolder(PREFIX) : await mkdtemp(join(asked, PREFIX));
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
