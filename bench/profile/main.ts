/**
 * `npm run profile -- SCENARIO`: where the built Worker spends its time, by the runtime's own CPU profile. See
 * README.md.
 */

import { parseArgs } from "node:util";
import { WORKER } from "../../tests/worker/support/deployment.ts";
import { built } from "../harness/code.ts";
import { callsOf, readsOf, warmUp } from "../harness/scenario.ts";
import { Site } from "../harness/site.ts";
import { freePort, Inspector } from "./inspector.ts";
import { byCategory, type Times, timesOf } from "./profile.ts";

const SHOWN = 25;
const AT_ONCE = 16;
const WIDTH = 110;

/** Makes what is needed, and returns what is to be profiled. */
type Scenario = (site: Site, count: number) => Promise<() => Promise<unknown>>;

const repeated = <T>(few: readonly T[], count: number) =>
  Array.from({ length: count }, (_, number) => few[number % few.length] as T);

const SCENARIOS: Record<string, Scenario> = {
  start: async (site, count) => () => site.start(count),
  async forged(site, count) {
    const { tasks } = await site.start(20);
    const calls = repeated(callsOf(site.letters(tasks, { isForged: true })), count);
    return () => site.calls(calls, AT_ONCE, 401);
  },
  async webhook(site, count) {
    const calls = callsOf(site.letters((await site.start(count)).tasks));
    return () => site.calls(calls, AT_ONCE);
  },
  async again(site, count) {
    const calls = callsOf(site.letters((await site.start(count)).tasks));
    await site.calls(calls, AT_ONCE);
    return () => site.calls(calls, AT_ONCE);
  },
  async read(site, count) {
    const { tasks } = await site.start(20);
    await site.calls(callsOf(site.letters(tasks)), AT_ONCE);
    const calls = repeated(readsOf(tasks), count);
    return () => site.calls(calls, AT_ONCE);
  },
  async healthz(site, count) {
    const calls = repeated([{ method: "GET" as const, path: "/healthz", headers: {} }], count);
    return () => site.calls(calls, AT_ONCE);
  },
};

function listOf(times: readonly Times[], by: "selfMs" | "totalMs", count: number): string {
  const shown = times.toSorted((a, b) => b[by] - a[by]).slice(0, SHOWN);
  const lines = shown.map((each) => {
    const us = ((each[by] / count) * 1000).toFixed(1);
    return `${us.padStart(8)}  ${each.category.padEnd(17)}  ${each.name.slice(0, WIDTH)}`;
  });
  return lines.join("\n");
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { count: { type: "string", default: "1000" }, build: { type: "string", default: "target/named" } },
  });
  const [name = ""] = positionals;
  const count = Number(values.count);
  const scenario = SCENARIOS[name];
  if (!scenario || positionals.length !== 1 || !Number.isInteger(count) || count < 1) {
    console.error(`npm run profile -- ${Object.keys(SCENARIOS).join("|")} [--count 1000] [--build target/named]`);
    process.exitCode = 2;
    return;
  }
  const port = await freePort();
  const site = await Site.open(built("ours", values.build), port);
  try {
    await warmUp(site, { of: (usual) => usual, isFull: false });
    const work = await scenario(site, count);
    const inspector = await Inspector.of(port, WORKER);
    const times = timesOf(await inspector.profile(work));
    inspector.close();
    const sums = byCategory(times);
    const all = sums.reduce((sum, [, ms]) => sum + ms, 0);
    console.log(`${name}: µs for each of ${count} requests, without the time in which the isolate waits\n`);
    for (const [category, ms] of [["all", all] as const, ...sums]) {
      const share = `${((ms / all) * 100).toFixed(0)} %`;
      console.log(`${((ms / count) * 1000).toFixed(1).padStart(8)}  ${category.padEnd(17)}  ${share}`);
    }
    console.log(`\nself\n${listOf(times, "selfMs", count)}\n\nwith what they call\n${listOf(times, "totalMs", count)}`);
  } finally {
    await site.close();
  }
}

await main();
