/**
 * A Worker in workerd: its modules, bindings and variables, and for the built one its tables in D1.
 *
 * Knows the folder of a build, and nothing of what the Worker does.
 */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { older, shim as shimAround } from "./shim.ts";

const ROOT = new URL("../../../", import.meta.url);
const at = (path: string) => new URL(path, ROOT);

/** The name workerd knows the Worker by: evictions need it. */
export const WORKER = "app";

export interface Beside {
  env: Record<string, object>;
  workers: object[];
}

/** By name; the first is the main one. */
export type Modules = Record<string, { type: "esm" | "wasm"; contents: string | Uint8Array }>;

export interface Runtime {
  /** 0 takes any free port. */
  port?: number;
  /** A folder for all state; without it, state ends with the process. */
  persist?: string;
  /** The Worker's variables, all of them. */
  vars: Record<string, string>;
  onLog?: (line: string) => void;
  /** Bindings that the configuration has forgotten. */
  unbound?: readonly string[] | undefined;
  /** Where the runtime's inspector listens. Without it there is none. */
  inspectorPort?: number | undefined;
  /** Other Workers that run beside it, and its bindings to them. */
  beside?: Beside | undefined;
}

export interface Deployment extends Runtime {
  /** The folder of the build, from the project's root. */
  build?: string | undefined;
  /** Puts the shim around the Worker (see shim.ts), or makes its objects take requests only. */
  shim?: boolean | "older";
}

/** Where the emulator listens unless it is told otherwise. */
const USUAL = "http://127.0.0.1:8788";

/**
 * The variables for a Worker that talks to an emulator at `url`. Nothing is limited, no event goes out and no server has a
 * key, unless a test asks for that.
 */
export function variables(url: string): Record<string, string> {
  const lines = readFileSync(at("emulator/worker.env"), "utf8").split("\n");
  const pairs = lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2));
  const host = { MODELRIVER_CALLBACK_HOSTS: url && new URL(url).host };
  // Every address of the usual emulator is one of this emulator's.
  const moved = pairs.map(([name, value = ""]) => [name, value.replace(USUAL, url)]);
  const {
    EVENTS_URL: _,
    EVENTS_SECRET: __,
    TASKWIRE_SERVER_KEYS: ___,
    AUTH_ADMIN_CLAIMS: ____,
    ...own
  } = Object.fromEntries(moved);
  return { ...own, LIMITS: "{}", ...host };
}

/** The modules of the build in a folder. */
export function modulesOf(build: string): Modules {
  return {
    "index.js": { type: "esm", contents: readFileSync(at(`${build}/index.js`), "utf8") },
    "index_bg.wasm": { type: "wasm", contents: new Uint8Array(readFileSync(at(`${build}/index_bg.wasm`))) },
  };
}

/** The Durable Object classes that the code has, by binding. */
export function objectsOf(modules: Modules): Record<string, string> {
  const code = Object.values(modules).map(({ contents }) => (typeof contents === "string" ? contents : ""));
  const known = { TASKS: "TaskRoom", FEEDS: "FeedRoom" };
  return Object.fromEntries(Object.entries(known).filter(([, name]) => code.some((text) => text.includes(name))));
}

/** Runs any Worker that has the bindings of the built one. */
export function run(modules: Modules, runtime: Runtime): Miniflare {
  const { vars, port = 0, persist, onLog = () => {}, inspectorPort, unbound = [], beside } = runtime;
  const objects = objectsOf(modules);
  const bound = Object.entries(objects).filter(([binding]) => !unbound.includes(binding));
  const bindings = bound.map(([binding, exportName]) => [
    binding,
    { type: "durable-object", worker: WORKER, exportName },
  ]);
  const texts = Object.entries(vars).map(([name, value]) => [name, { type: "text", value }]);
  return new Miniflare({
    host: "127.0.0.1",
    port,
    cf: false,
    enableDevRegistry: false,
    unsafeTriggerHandlers: true,
    ...(inspectorPort === undefined ? {} : { inspectorPort }),
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: ({ message }: { message: unknown }) => onLog(String(message)),
    ...(persist === undefined ? {} : { resourcePersistencePath: persist }),
    workers: [
      {
        config: {
          name: WORKER,
          compatibilityDate: "2026-11-01",
          triggers: [{ type: "scheduled", schedule: "* * * * *" }],
          manifest: { mainModule: Object.keys(modules)[0], modulesRoot: fileURLToPath(at("build")), modules },
          env: {
            DB: { type: "d1", id: "db" },
            ...Object.fromEntries([...bindings, ...texts]),
            ...beside?.env,
          },
          exports: Object.fromEntries(
            Object.values(objects).map((name) => [name, { type: "durable-object", storage: "sqlite" }]),
          ),
        },
        dev: {},
      },
      ...(beside?.workers ?? []),
    ],
  } as ConstructorParameters<typeof Miniflare>[0]);
}

export function deploy({ build = "build", shim = false, ...runtime }: Deployment): Miniflare {
  const modules = modulesOf(build);
  if (!shim) return run(modules, runtime);
  const classes = Object.values(objectsOf(modules));
  const others = classes.filter((name) => name !== "TaskRoom");
  const contents = shim === "older" ? older(classes) : shimAround(others);
  return run({ "shim.js": { type: "esm", contents }, ...modules }, runtime);
}

/** Where a started Worker listens. */
export async function addressOf(worker: Miniflare): Promise<string> {
  return String(await worker.ready).replace(/\/$/, "");
}

/** Wrangler's own table. */
const APPLIED = `CREATE TABLE d1_migrations
  (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

/** Applies the migrations to an empty D1, in their order: all, or the first few. They are noted as wrangler does. */
export async function migrate(worker: Miniflare, count?: number): Promise<void> {
  const db = await worker.getD1Database("DB");
  const files = readdirSync(at("migrations/"))
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .slice(0, count);
  if (files.length > 0) await db.exec(APPLIED.replace("\n", " "));
  for (const file of files) {
    const text = readFileSync(at(`migrations/${file}`), "utf8").replace(/^\s*--.*$/gm, "");
    const statements = text
      .split(";")
      .map((each) => each.trim())
      .filter(Boolean);
    const note = db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(file);
    await db.batch([...statements.map((each) => db.prepare(each)), note]);
  }
}
