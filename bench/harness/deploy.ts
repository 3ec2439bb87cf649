/** The Workers that are compared, each in a workerd of its own with an empty D1: the build, the baseline, the floor. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import { migrate, WORKER } from "../../tests/worker/support/deployment.ts";

const ROOT = new URL("../../", import.meta.url);
const at = (path: string) => new URL(path, ROOT);

interface Module {
  type: "esm" | "wasm";
  contents: string | Uint8Array;
}

/** A Worker before it runs: its modules, and how its tables are made. */
export interface Code {
  name: string;
  /** The first is the main one. */
  modules: Record<string, Module>;
  migrate(worker: Miniflare): Promise<void>;
}

/** A build of this project, in its folder. */
export function built(name: string, folder: string): Code {
  const read = (file: string) => readFileSync(at(`${folder}/${file}`));
  return {
    name,
    modules: {
      "index.js": { type: "esm", contents: read("index.js").toString("utf8") },
      "index_bg.wasm": { type: "wasm", contents: new Uint8Array(read("index_bg.wasm")) },
    },
    migrate: (worker) => migrate(worker),
  };
}

/** `bench/baseline/<file>`, with what it imports, as one module. */
export async function bundled(name: string, file: string): Promise<Code> {
  const { outputFiles } = await bundle({
    entryPoints: [fileURLToPath(at(`bench/baseline/${file}`))],
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
      const statements = readFileSync(at("bench/baseline/schema.sql"), "utf8").split(";");
      await db.batch(statements.filter((each) => each.trim()).map((each) => db.prepare(each)));
    },
  };
}

/** The classes that are Durable Objects, by binding: those that the code has. */
export function objects({ modules }: Code): Record<string, string> {
  const code = Object.values(modules).map(({ contents }) => (typeof contents === "string" ? contents : ""));
  const known = { TASKS: "TaskRoom", FEEDS: "FeedRoom" };
  return Object.fromEntries(Object.entries(known).filter(([, name]) => code.some((text) => text.includes(name))));
}

/** `inspectorPort`: where the runtime's inspector listens. Without it there is none. */
export function deploy(
  code: Code,
  vars: Record<string, string>,
  onLog: (line: string) => void,
  inspectorPort?: number,
): Miniflare {
  const classes = objects(code);
  const bindings = Object.entries(classes).map(([binding, exportName]) => [
    binding,
    { type: "durable-object", worker: WORKER, exportName },
  ]);
  const texts = Object.entries(vars).map(([name, value]) => [name, { type: "text", value }]);
  return new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    enableDevRegistry: false,
    unsafeTriggerHandlers: true,
    ...(inspectorPort === undefined ? {} : { inspectorPort }),
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: ({ message }: { message: unknown }) => onLog(String(message)),
    workers: [
      {
        config: {
          name: WORKER,
          compatibilityDate: "2026-11-01",
          triggers: [{ type: "scheduled", schedule: "* * * * *" }],
          manifest: {
            mainModule: Object.keys(code.modules)[0],
            modulesRoot: fileURLToPath(at("build")),
            modules: code.modules,
          },
          env: { DB: { type: "d1", id: "db" }, ...Object.fromEntries([...bindings, ...texts]) },
          exports: Object.fromEntries(
            Object.values(classes).map((name) => [name, { type: "durable-object", storage: "sqlite" }]),
          ),
        },
        dev: {},
      },
    ],
  } as ConstructorParameters<typeof Miniflare>[0]);
}
