/**
 * What the killable process runs: the built Worker in workerd, inside the shim, on a port and a
 * folder that outlive it. Its parent tells it which objects to evict.
 */

import { rmSync } from "node:fs";
import { addressOf, migrate, modulesOf, run, WORKER } from "../tests/worker/support/deployment.ts";
import { BUILD } from "./build.ts";
import type { Clock } from "./clock.ts";
import { clockModule, SHIM } from "./shim.ts";

export interface Job {
  port: number;
  /** The folder of all state. */
  persist: string;
  vars: Record<string, string>;
  clock: Clock;
  migrate: boolean;
  /** A module that takes the shim's place, and may import it as `shim.js`. */
  saboteur?: string;
}

/** From the parent: evict this object. The answer repeats the number. */
export interface Eviction {
  number: number;
  className: string;
  name: string;
  webSockets: "hibernate" | "close";
}

const job: Job = JSON.parse(process.argv[2] ?? "{}");

const worker = run(
  {
    ...(job.saboteur ? { "saboteur.js": { type: "esm", contents: job.saboteur } } : {}),
    "shim.js": { type: "esm", contents: SHIM },
    "clock.js": { type: "esm", contents: clockModule(job.clock) },
    ...modulesOf(BUILD),
  },
  job,
);

process.on("message", async ({ number, className, name, webSockets }: Eviction) => {
  // An object that is not in memory cannot be evicted, and need not be.
  await worker.unsafeEvictDurableObject(WORKER, className, { name, webSockets }).catch(() => {});
  process.send?.({ evicted: number });
});
// Without the parent nobody needs this process, and nobody else cleans up.
process.on("disconnect", async () => {
  await worker.dispose().catch(() => {});
  rmSync(job.persist, { recursive: true, force: true });
  process.exit();
});

await addressOf(worker);
if (job.migrate) await migrate(worker);
process.send?.({ ready: true });
