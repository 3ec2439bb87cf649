// What `npm start` serves: the emulator and the Worker under wrangler, with the
// variables that make each know the other's port. Builds nothing.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot, LOCAL, NODE } from "./paths.mjs";
import { run, start } from "./process.mjs";
import { unlessFresh } from "./stamps.mjs";
import { Stop, step } from "./steps.mjs";

/** The ports that emulator/worker.env is written for. */
export const DEFAULT_PORTS = { worker: 8787, emulator: 8788 };

const STATE = join(LOCAL, "state");
const WRANGLER = inRoot("node_modules/wrangler/bin/wrangler.js");
const WORKER_ENV = inRoot("emulator/worker.env");

/** Everything is built before: wrangler's own build step has nothing to do. */
const PREBUILT = { TASKWIRE_PREBUILT: "1", CI: "true" };

export function migrate() {
  return step("local database", () =>
    unlessFresh("migrations", { inputs: ["migrations"], outputs: [".local/state/v3/d1"] }, () =>
      run(NODE, [WRANGLER, "d1", "migrations", "apply", "DB", "--local", "--persist-to", STATE], {
        quiet: true,
        env: PREBUILT,
      }),
    ),
  );
}

/** emulator/worker.env as it is, or a copy for other ports. */
function envFile(ports) {
  if (!existsSync(WORKER_ENV))
    throw new Stop("emulator/worker.env is missing: the Worker has no variables to run with.");
  if (ports.worker === DEFAULT_PORTS.worker && ports.emulator === DEFAULT_PORTS.emulator) return WORKER_ENV;
  const moved = { [DEFAULT_PORTS.worker]: ports.worker, [DEFAULT_PORTS.emulator]: ports.emulator };
  const text = readFileSync(WORKER_ENV, "utf8").replace(/\b(127\.0\.0\.1|localhost):(\d+)/g, (address, host, port) =>
    port in moved ? `${host}:${moved[port]}` : address,
  );
  const file = join(LOCAL, "worker.env");
  mkdirSync(LOCAL, { recursive: true });
  writeFileSync(file, text);
  return file;
}

export function startEmulator(ports, onOutput) {
  const main = inRoot("emulator/main.ts");
  if (!existsSync(main)) throw new Stop("emulator/main.ts is missing: there is no provider to talk to.");
  const origins = ["127.0.0.1", "localhost"].map((host) => `http://${host}:${ports.worker}`);
  const args = [
    main,
    ...["--port", String(ports.emulator)],
    ...["--webhook-url", `${origins[0]}/webhooks/mynth`],
    ...["--modelriver-webhook-url", `${origins[0]}/webhooks/modelriver`],
    ...["--client-redirects", origins.join(",")],
  ];
  return start(NODE, args, { onOutput });
}

export function startWorker(ports, onOutput) {
  const args = [
    ...[WRANGLER, "dev", "--local", "--ip", "127.0.0.1", "--port", String(ports.worker)],
    ...["--persist-to", STATE, "--env-file", envFile(ports), "--show-interactive-dev-session=false"],
  ];
  return start(NODE, args, { onOutput, env: PREBUILT });
}
