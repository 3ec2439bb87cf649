/**
 * `npm run bench`: compares the built Worker with the baseline, in turns. `npm run bench -- NAME` measures one row,
 * or all rows of a scenario. See README.md.
 */

import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Command, readCommand, Wrong } from "./command.ts";
import { fallen } from "./guard.ts";
import { shownBy } from "./harness/agree.ts";
import { built, bundled, type Code } from "./harness/code.ts";
import type { Measure, On, Scenario, WorkerName } from "./harness/scenario.ts";
import { Site } from "./harness/site.ts";
import { fileCost, makeState } from "./harness/state.ts";
import { jsonOf, type Result, tableOf } from "./table.ts";

/** Above this load, something else is using the processors too. */
const SHARED_LOAD = 0.5;

/** The code of each Worker to measure. */
async function codes({ workers, build, other, vars }: Command): Promise<Map<WorkerName, Code>> {
  const all = new Map<WorkerName, Code>();
  for (const name of workers) {
    if (name === "ours") all.set(name, built(name, build));
    else if (name === "other") all.set(name, { ...built(name, other ?? build), vars });
    else all.set(name, await bundled(name, name === "floor" ? "floor.ts" : "worker.ts"));
  }
  return all;
}

const opening =
  (code: Code): On =>
  async (work) => {
    const site = await Site.open(code);
    try {
      return await work(site);
    } catch (error) {
      const { newest } = site.logs;
      throw newest.length > 0 ? new Error(`${(error as Error).message}\nlogged: ${newest.join("\n")}`) : error;
    } finally {
      await site.close();
    }
  };

/** Throws if ours and the baseline do not do the same job. Another build may be of another version: that is only said. */
async function compareJobs(all: Map<WorkerName, Code>): Promise<void> {
  const shown = [];
  for (const [name, code] of all) if (name !== "floor") shown.push({ name, is: await opening(code)(shownBy) });
  const [first, ...others] = shown;
  for (const { name, is } of others) {
    if (isDeepStrictEqual(is, first?.is)) continue;
    if (name === "other" && isDeepStrictEqual(is.statuses, first?.is.statuses)) {
      console.error("The other build gives other fields: it is of another version.");
      continue;
    }
    throw new Error(`${first?.name} and ${name} differ:\n${JSON.stringify(first?.is)}\n${JSON.stringify(is)}`);
  }
}

/** Runs one scenario on each Worker in turn. A failure is reported and does not stop the others. */
async function measure(scenario: Scenario, all: Map<WorkerName, Code>, command: Command, failures: string[]) {
  const results = command.rows(scenario).map((row): Result => ({ row, rounds: {} }));
  const rounds = Math.min(command.rounds, scenario.rounds ?? command.rounds);
  const workers = [...all].filter(([name]) => scenario.workers.includes(name));
  for (let round = 0; round < rounds; round++) {
    // Each goes first as often as last, in case the machine becomes slower or faster meanwhile.
    for (const [name, code] of round % 2 === 0 ? workers : workers.toReversed()) {
      const began = performance.now();
      let measures: Record<string, Measure> = {};
      let outcome = "";
      try {
        measures = await scenario.run(opening(code), command.size);
      } catch (error) {
        outcome = `failed: ${(error as Error).message}`;
        failures.push(`${scenario.name}, ${name}: ${(error as Error).message}`);
      }
      for (const { row, rounds } of results) {
        const of = measures[row.name];
        if (of) rounds[name] = [...(rounds[name] ?? []), of];
      }
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.error(`${scenario.name}, round ${round + 1} of ${rounds}, ${name}: ${seconds} s ${outcome}`);
    }
  }
  return results;
}

async function main(command: Command, folder: string): Promise<void> {
  const all = await codes(command);
  const fileUs = Math.round(fileCost(folder));
  const load = () => Number((loadavg()[0] ?? 0).toFixed(1));
  const before = load();
  const began = performance.now();
  await compareJobs(all);
  const failures: string[] = [];
  const results: Result[] = [];
  for (const scenario of command.asked) results.push(...(await measure(scenario, all, command, failures)));

  const machine = { cores: availableParallelism(), model: cpus()[0]?.model ?? "?", node: process.version };
  const isShared = before > SHARED_LOAD;
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${machine.cores} × ${machine.model}, Node ${machine.node}; ` +
      `load ${before} before, ${load()} after${isShared ? ": SHARED, the figures are of no use" : ""}; ` +
      `${command.rounds} rounds, scale ${command.scale}, ${((performance.now() - began) / 1000).toFixed(0)} s; ` +
      `state in ${dirname(folder)}, ${fileUs} µs of CPU for a new file`,
  );
  const shown = command.workers.filter((name) => results.some(({ rounds }) => rounds[name]));
  console.log(tableOf(results, shown));
  for (const failure of failures) console.log(`FAILED ${failure}`);
  const slower = fallen(results);
  for (const line of slower) console.log(`${isShared ? "SLOWER, or the machine was shared:" : "SLOWER"} ${line}`);
  if (command.json !== undefined) {
    const about = { date: new Date().toISOString(), machine, load: { before, after: load() }, isShared, fileUs };
    const { rounds, scale, size } = command;
    const whole = { ...about, rounds, scale, isFull: size.isFull, failures, slower, rows: jsonOf(results) };
    writeFileSync(command.json, `${JSON.stringify(whole, null, 2)}\n`);
  }
  process.exitCode = failures.length > 0 || (slower.length > 0 && !isShared) ? 1 : 0;
}

try {
  const command = readCommand();
  const state = await makeState(command.state);
  try {
    await main(command, state.folder);
  } finally {
    state.remove();
  }
} catch (error) {
  const isOurs = error instanceof Wrong || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  console.error(isOurs ? (error as Error).message : error);
  process.exitCode = 2;
}
