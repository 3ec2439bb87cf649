/** A project that `npm create taskwire` made: its ports, and `npm run dev` in it. */

import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { call } from "../../worker/support/api.ts";
import { eventually } from "../../worker/support/eventually.ts";
import type { Environment, Running } from "./environment.ts";

const READY_MS = 120_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function edit(file: string, change: (text: string) => string): void {
  const before = readFileSync(file, "utf8");
  const after = change(before);
  if (after === before) throw new Error(`nothing to change in ${file}`);
  writeFileSync(file, after);
}

export interface Project {
  folder: string;
  url: string;
  emulator: string;
}

/** Moves a project to ports that are free, as its own `.dev.vars` says to. */
export async function onFreePorts(folder: string): Promise<Project> {
  const [worker, emulator] = [await freePort(), await freePort()];
  const move = (text: string) => text.replaceAll(":8787", `:${worker}`).replaceAll(":8788", `:${emulator}`);
  edit(join(folder, ".dev.vars"), move);
  edit(join(folder, "wrangler.jsonc"), (text) => text.replace('"port": 8787', `"port": ${worker}`));
  return { folder, url: `http://127.0.0.1:${worker}`, emulator: `http://127.0.0.1:${emulator}` };
}

/** `npm run dev`, once the Worker answers. */
export async function runDev(environment: Environment, { folder, url }: Project, ...flags: string[]): Promise<Running> {
  const dev = environment.start(folder, "npm", ["run", "dev", ...flags]);
  let hasEnded = false;
  void dev.ended.then(() => (hasEnded = true));
  const isThere = async () => hasEnded || (await call(`${url}/healthz`)).status === 200;
  try {
    await eventually(isThere, READY_MS, "npm run dev answers");
    if (hasEnded) throw new Error("npm run dev has ended");
    return dev;
  } catch (error) {
    await dev.stop();
    throw new Error(`npm run dev:\n${dev.output().slice(-4000)}`, { cause: error });
  }
}

/** A token of the emulator's issuer. */
export async function tokenOf({ emulator }: Project, sub: string): Promise<string> {
  const answer = await call(`${emulator}/test/token`, { method: "POST", body: JSON.stringify({ sub }) });
  return answer.body.token;
}
