/**
 * The whole product as a browser meets it: the page and the API from one Worker in workerd, its
 * D1, and an emulator that settles tasks and sends webhooks when a test says so.
 */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { type Emulator, startEmulator } from "../../../emulator/emulator.ts";
import { addressOf, migrate, variables } from "../../worker/support/deployment.ts";
import { layWire, type Wire } from "./wire.ts";

const ROOT = new URL("../../../", import.meta.url);
const at = (path: string) => fileURLToPath(new URL(path, ROOT));

export interface Site {
  url: string;
  emulator: Emulator;
  wire: Wire;
  close(): Promise<void>;
}

/** The Worker with a page beside it, routed as wrangler.toml says. */
function deploy(vars: Record<string, string>): Miniflare {
  const {
    name = "",
    assets,
    compatibility_date,
    durable_objects,
  } = readConfig({ config: at("wrangler.toml") }, { hideWarnings: true });
  const bound: { name: string; class_name: string }[] = durable_objects.bindings;
  return new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    enableDevRegistry: false,
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: () => {},
    workers: [
      {
        config: {
          name,
          compatibilityDate: compatibility_date,
          manifest: {
            mainModule: "index.js",
            modulesRoot: at("build"),
            modules: {
              "index.js": { type: "esm", contents: readFileSync(at("build/index.js"), "utf8") },
              "index_bg.wasm": { type: "wasm", contents: new Uint8Array(readFileSync(at("build/index_bg.wasm"))) },
            },
          },
          env: {
            DB: { type: "d1", id: "db" },
            ASSETS: { type: "assets" },
            ...Object.fromEntries(
              bound.map((each) => [each.name, { type: "durable-object", worker: name, exportName: each.class_name }]),
            ),
            ...Object.fromEntries(Object.entries(vars).map(([key, value]) => [key, { type: "text", value }])),
          },
          exports: Object.fromEntries(
            bound.map((each) => [each.class_name, { type: "durable-object", storage: "sqlite" }]),
          ),
          assets: {
            directory: at("web/dist"),
            hasUserWorker: true,
            notFoundHandling: assets?.not_found_handling,
            runWorkerFirst: assets?.run_worker_first,
          },
        },
        dev: {},
      },
    ],
  } as unknown as ConstructorParameters<typeof Miniflare>[0]);
}

type Vars = Record<string, string>;

/** `vars` are set beside the usual ones. */
export async function startSite(vars: Vars | ((emulator: Emulator) => Vars) = {}): Promise<Site> {
  const wire = await layWire();
  const emulator = await startEmulator({
    port: 0,
    webhookUrl: "",
    autoDeliver: false,
    latencyMs: 0,
    clientRedirects: [wire.url],
  });
  const own = typeof vars === "function" ? vars(emulator) : vars;
  const worker = deploy({ ...variables(emulator.url), PUBLIC_URL: wire.url, ...own });
  const address = await addressOf(worker);
  wire.target = Number(new URL(address).port);
  // Past the wire: a cut between browser and Worker does not stop the provider.
  emulator.options.webhookOrigin = address;
  emulator.options.webhookUrl = `${address}/webhooks/mynth`;
  emulator.options.modelriver.webhookUrl = `${address}/webhooks/modelriver`;
  await migrate(worker);
  return {
    url: wire.url,
    emulator,
    wire,
    async close() {
      await wire.close();
      await worker.dispose();
      await emulator.close();
    },
  };
}
