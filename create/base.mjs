// Reads what a new project takes from this repository: see base.ts.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unstable_readConfig as readConfig } from "wrangler";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const json = (path) => JSON.parse(readFileSync(at(path), "utf8"));

export function readBase() {
  const { compatibility_date, observability, triggers, durable_objects, migrations, assets } = readConfig(
    { config: at("../wrangler.toml") },
    { hideWarnings: true },
  );
  const { binding, not_found_handling, run_worker_first } = assets;
  return {
    version: json("../package.json").version,
    wrangler: json("../package.json").devDependencies.wrangler,
    node: json("package.json").engines.node,
    config: {
      compatibility_date,
      observability,
      triggers: { crons: triggers.crons },
      durable_objects: { bindings: durable_objects.bindings },
      migrations,
      assets: { binding, not_found_handling, run_worker_first },
    },
    env: readFileSync(at("../emulator/worker.env"), "utf8"),
  };
}
