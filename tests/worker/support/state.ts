/** Where workerd keeps its state while it is tested or measured. */

import { mkdtemp, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes that a few Workers need for their state. */
const SPACE = 1e9;

/** A new folder for state, in memory if there is enough. A killed process leaves its files there as on a disk. */
export async function stateFolder(prefix: string): Promise<string> {
  const { bavail, bsize } = await statfs("/dev/shm").catch(() => ({ bavail: 0, bsize: 0 }));
  return mkdtemp(join(bavail * bsize > SPACE ? "/dev/shm" : tmpdir(), prefix));
}
