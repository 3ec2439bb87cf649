/** One Worker with as many settings as a test has: starting a Worker for each would take seconds. */

import { type Emulator, startEmulator } from "../../../emulator/emulator.ts";
import { type Answer, call } from "./api.ts";
import { addressOf, migrate, modulesOf, run, variables } from "./deployment.ts";

/** The settings come with the request. Their `env` stays the same object, as the runtime's does. */
const MAIN = `
import * as app from "./index.js";
export * from "./index.js";
const envs = new Map();
export default {
  fetch(request, env, ctx) {
    const changes = request.headers.get("x-env") ?? "{}";
    if (!envs.has(changes)) envs.set(changes, { ...env, ...JSON.parse(changes) });
    return new app.default(ctx, envs.get(changes)).fetch(request);
  },
};
`;

/** Variables to add or change; null removes one. */
export type Vars = Record<string, string | null>;

export interface Envs {
  emulator: Emulator;
  /** What the Worker logged, a line each. */
  logs: string[];
  /** One request to the Worker with these settings. A body is sent as JSON. */
  ask(vars: Vars, path: string, headers?: Record<string, string>, body?: object): Promise<Answer>;
  /** The start calls that have reached the provider. */
  starts(): number;
  close(): Promise<void>;
}

export async function startEnvs(): Promise<Envs> {
  const emulator = await startEmulator({ port: 0, webhookUrl: "", autoDeliver: false, latencyMs: 0 });
  const logs: string[] = [];
  const modules = { "main.js": { type: "esm" as const, contents: MAIN }, ...modulesOf("build") };
  const worker = run(modules, { vars: variables(emulator.url), onLog: (line) => logs.push(line) });
  const base = await addressOf(worker);
  await migrate(worker);
  return {
    emulator,
    logs,
    ask: (vars, path, headers = {}, body) =>
      call(base + path, {
        method: body ? "POST" : "GET",
        headers: { "content-type": "application/json", ...headers, "x-env": JSON.stringify(vars) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    starts: () => emulator.requests.filter(({ path }) => path === "/image/generate").length,
    async close() {
      await worker.dispose();
      await emulator.close();
    },
  };
}
