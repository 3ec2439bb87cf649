/**
 * What the killable process runs: the built Worker in workerd, inside the shim, on a port and a
 * folder that outlive it. Its parent tells it which object to take out of memory.
 */

import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { addressOf, migrate, WORKER } from "../tests/worker/support/deployment.ts";
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

/** From the parent: take this object out of memory. The answer repeats the number. */
export interface Eviction {
  number: number;
  className: string;
  name: string;
  webSockets: "hibernate" | "close";
}

const job: Job = JSON.parse(process.argv[2] ?? "{}");

const modules = {
  "clock.js": { type: "esm", contents: clockModule(job.clock) },
  "shim.js": { type: "esm", contents: SHIM },
  ...(job.saboteur ? { "saboteur.js": { type: "esm", contents: job.saboteur } } : {}),
  "index.js": { type: "esm", contents: readFileSync(new URL("index.js", BUILD), "utf8") },
  "index_bg.wasm": { type: "wasm", contents: new Uint8Array(readFileSync(new URL("index_bg.wasm", BUILD))) },
};
const objects = { TASKS: "TaskRoom", FEEDS: "FeedRoom" };
const bindings = Object.entries(objects).map(([binding, exportName]) => [
  binding,
  { type: "durable-object", worker: WORKER, exportName },
]);
const texts = Object.entries(job.vars).map(([name, value]) => [name, { type: "text", value }]);
const exports = Object.values(objects).map((name) => [name, { type: "durable-object", storage: "sqlite" }]);

const worker = new Miniflare({
  host: "127.0.0.1",
  port: job.port,
  cf: false,
  enableDevRegistry: false,
  log: new Log(LogLevel.NONE),
  // What the runtime itself says of requests that were meant to fail.
  handleStructuredLogs: () => {},
  resourcePersistencePath: job.persist,
  workers: [
    {
      config: {
        name: WORKER,
        compatibilityDate: "2026-11-01",
        manifest: { mainModule: job.saboteur ? "saboteur.js" : "shim.js", modulesRoot: fileURLToPath(BUILD), modules },
        env: { DB: { type: "d1", id: "db" }, ...Object.fromEntries([...bindings, ...texts]) },
        exports: Object.fromEntries(exports),
      },
      dev: {},
    },
  ],
} as ConstructorParameters<typeof Miniflare>[0]);

process.on("message", async ({ number, className, name, webSockets }: Eviction) => {
  // An object that is not in memory cannot be taken out of it, and need not be.
  await worker.unsafeEvictDurableObject(WORKER, className, { name, webSockets }).catch(() => {});
  process.send?.({ evicted: number });
});
// Without its parent it has nobody to serve, and nobody else will clean up.
process.on("disconnect", async () => {
  await worker.dispose().catch(() => {});
  rmSync(job.persist, { recursive: true, force: true });
  process.exit();
});

await addressOf(worker);
if (job.migrate) await migrate(worker);
process.send?.({ ready: true });
