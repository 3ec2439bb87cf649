/**
 * `node chaos/mixed/main.ts --seed N --runs M`: seeded runs over tasks of all providers, with faults. Exit code 1 when one
 * fails. `--drop-all`: no webhook is ever sent, and what is measured is how long that goes unnoticed.
 */

import { parseArgs } from "node:util";
import { FAST } from "../clock.ts";
import { Random } from "../random.ts";
import { World } from "../world.ts";
import { OF, PROVIDERS } from "./jobs.ts";
import { timeToKnow } from "./losses.ts";
import { mixedRun } from "./run.ts";

const RUNS_PER_WORLD = 250;
const FAILURES = 5;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    runs: { type: "string", default: "200" },
    first: { type: "string", default: "1" },
    "drop-all": { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});
const [seed, runs, first] = [values.seed, Number(values.runs), Number(values.first)];

async function losses(): Promise<void> {
  const world = await World.make(1, undefined, { LIMITS: "{}" });
  try {
    for (const provider of PROVIDERS.filter((name) => OF[name].canAsk)) {
      const random = new Random("mixed losses", seed, provider);
      const times: number[] = [];
      for (let i = 0; i < runs; i += 1) times.push(await timeToKnow(world, provider, random));
      times.sort((a, b) => a - b);
      const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]?.toFixed(1);
      console.log(
        `${provider}: ${runs} lost webhooks, known after p50 ${at(0.5)} s, p99 ${at(0.99)} s, at most ${at(1)} s`,
      );
    }
  } finally {
    await world.close();
  }
}

async function campaign(): Promise<number> {
  const counts = new Map<string, number>();
  let failures = 0;
  let world = await World.make(FAST, undefined, { LIMITS: "{}" });
  try {
    for (let number = first; number < first + runs && failures < FAILURES; number += 1) {
      if ((number - first) % RUNS_PER_WORLD === RUNS_PER_WORLD - 1) {
        await world.close();
        world = await World.make(FAST, undefined, { LIMITS: "{}" });
      }
      const result = await mixedRun(world, new Random("mixed", seed, number));
      for (const [what, count] of result.counts) counts.set(what, (counts.get(what) ?? 0) + count);
      if (values.trace || result.problems.length > 0) {
        console.log([`run ${number} of seed ${seed}`, ...result.lines, ...result.problems].join("\n  "));
      }
      if (result.problems.length > 0) {
        failures += 1;
        await world.close();
        world = await World.make(FAST, undefined, { LIMITS: "{}" });
      }
      if (number % 100 === 0) console.log(`${number} runs, ${failures} failed`);
    }
  } finally {
    await world.close();
  }
  console.log(`seed ${seed}: ${failures} failed; ${[...counts].map(([what, count]) => `${what} ${count}`).join(", ")}`);
  return failures === 0 ? 0 : 1;
}

if (values["drop-all"]) await losses();
else process.exitCode = await campaign();
