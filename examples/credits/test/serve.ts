/** What a child process runs: taskwire with the credits behind its service binding, until it is killed. */

import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { addressOf, migrate, modulesOf, run } from "../../../tests/worker/support/deployment.ts";

export interface Job {
  port: number;
  /** Where the credits' Worker listens itself. */
  creditsPort: number;
  persist: string;
  vars: Record<string, string>;
  secret: string;
  migrate: boolean;
}

const job: Job = JSON.parse(process.argv[2] ?? "{}");
const here = (path: string) => new URL(`../${path}`, import.meta.url).pathname;

const bundled = await build({
  entryPoints: [here("src/index.ts")],
  bundle: true,
  format: "esm",
  write: false,
  logLevel: "error",
});
const credits = {
  config: {
    name: "credits",
    compatibilityDate: "2026-11-01",
    manifest: {
      mainModule: "index.js",
      modulesRoot: here("src"),
      modules: { "index.js": { type: "esm", contents: bundled.outputFiles[0]?.text } },
    },
    env: { CREDITS: { type: "d1", id: "credits" }, EVENTS_SECRET: { type: "text", value: job.secret } },
  },
  dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: job.creditsPort }] },
};

const worker = run(modulesOf("build"), {
  port: job.port,
  persist: job.persist,
  vars: { ...job.vars, EVENTS_SECRET: job.secret },
  beside: { env: { EVENTS_HOOK: { type: "worker", worker: "credits" } }, workers: [credits] },
});
await addressOf(worker);
if (job.migrate) {
  await migrate(worker);
  const db = await worker.getD1Database("CREDITS", "credits");
  const text = readFileSync(here("migrations/0001_credits.sql"), "utf8").replace(/^\s*--.*$/gm, "");
  const statements = text.split(";").map((each) => each.trim());
  await db.batch(statements.filter(Boolean).map((each) => db.prepare(each)));
}
console.log("ready");
