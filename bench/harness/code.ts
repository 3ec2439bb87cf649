/** The code of the Workers that are compared, and how their tables are made: the build, the baseline, the floor. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import type { Miniflare } from "miniflare";
import { type Modules, migrate, modulesOf } from "../../tests/worker/support/deployment.ts";

const at = (file: string) => fileURLToPath(new URL(`../baseline/${file}`, import.meta.url));

export interface Code {
  name: string;
  modules: Modules;
  /** Variables that only it has. */
  vars?: Record<string, string>;
  migrate(worker: Miniflare): Promise<void>;
}

/** A build of this project, in its folder. */
export function built(name: string, folder: string): Code {
  return { name, modules: modulesOf(folder), migrate: (worker) => migrate(worker) };
}

/** `bench/baseline/<file>`, bundled with its imports. */
export async function bundled(name: string, file: string): Promise<Code> {
  const { outputFiles } = await bundle({
    entryPoints: [at(file)],
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    minify: true,
    write: false,
  });
  return {
    name,
    modules: { "index.js": { type: "esm", contents: outputFiles[0]?.text ?? "" } },
    async migrate(worker) {
      const db = await worker.getD1Database("DB");
      const statements = readFileSync(at("schema.sql"), "utf8").split(";");
      await db.batch(statements.filter((each) => each.trim()).map((each) => db.prepare(each)));
    },
  };
}
