/**
 * `npm run chaos -- --seed N --runs M`: seeded runs of starts, webhooks and faults against the built
 * Worker, each checked against the provider's book. Exit code 1 when one fails.
 */

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BUILD } from "./build.ts";
import { campaign } from "./campaign.ts";
import { report } from "./report.ts";

/** One more than there are cores, since much of a run is waiting. */
const WORLDS = availableParallelism() + 1;
const SHRINK_RUNS = 60;
/** The campaign stops after this many failures. */
const FAILURES = 10;

const USAGE = `node chaos/main.ts [--seed N] [--runs M] [--first I] [--worlds W] [--drop-all] [--events]

  --seed N    which runs (default: by the time, and printed)
  --runs M    how many (default 200)
  --first I   the first run's number (default 1): --first 17 --runs 1 repeats run 17 of a seed
  --worlds W  so many Workers side by side (default ${WORLDS})
  --drop-all  nothing goes wrong but that no webhook is ever sent: measures how long that goes unnoticed
  --events    each run has a power cut while events go out to the app's own backend
  --trace     prints what happens in each run`;

function flags() {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      runs: { type: "string", default: "200" },
      first: { type: "string", default: "1" },
      worlds: { type: "string", default: String(WORLDS) },
      "drop-all": { type: "boolean", default: false },
      events: { type: "boolean", default: false },
      trace: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const number = (name: "seed" | "runs" | "first" | "worlds") => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`--${name} must be a whole number from 1 up, not "${values[name]}"`);
    return value;
  };
  const { trace, help, "drop-all": losesAll, events: cutsEvents } = values;
  return {
    seed: number("seed"),
    runs: number("runs"),
    first: number("first"),
    worlds: number("worlds"),
    losesAll,
    cutsEvents,
    trace,
    help,
  };
}

async function main(): Promise<number> {
  const { help, ...how } = flags();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (!existsSync(join(BUILD, "index_bg.wasm"))) {
    throw new Error("There is no Worker to run: build it first, with npm run build.");
  }
  const say = (line: string) => console.log(line);
  const summary = await campaign({ ...how, patience: FAILURES, shrinkRuns: SHRINK_RUNS, say });
  for (const line of report(summary)) say(line);
  return summary.failures.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
