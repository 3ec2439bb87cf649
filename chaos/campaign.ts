/** Plays many runs in parallel worlds, shrinks the failures, and adds up the results. */

import { FAST, UNHURRIED } from "./clock.ts";
import { type Counts, count, type Loss, type Problem } from "./history.ts";
import { type Outcome, planFor, run } from "./run.ts";
import { shrink } from "./shrink.ts";
import { lineOf, type Plan } from "./steps.ts";
import { World } from "./world.ts";

const NEWS_EVERY = 100;
/** At most so many failures are shrunk: later ones are often the same. */
const SHRUNK_FAILURES = 3;
/** Runs per world: objects stay in memory for a while, and rows for ever. */
const RUNS_PER_WORLD = 500;

export interface Campaign {
  seed: number;
  /** Number of the first run. */
  first: number;
  runs: number;
  /** How many runs go on at the same time. */
  worlds: number;
  /** Ends the campaign after so many failures. */
  patience: number;
  /** At most so many runs to shrink one failure. */
  shrinkRuns: number;
  say(line: string): void;
  /** No webhook is ever sent: see losses.ts. */
  losesAll?: boolean;
  /** Each run has a power cut while events go out: see told.ts. */
  cutsEvents?: boolean;
  /** Prints what happens in every run, not only in those that fail. */
  trace?: boolean;
  /** How a test plants a bug: see serve.ts. */
  saboteur?: string;
  /** Variables of the Worker. */
  vars?: Record<string, string>;
}

export interface Failure {
  number: number;
  plan: Plan;
  problems: Problem[];
  shortest: Plan;
}

export interface Summary {
  seed: number;
  runs: number;
  /** As in a run's history, summed over all runs. */
  injected: Counts;
  started: Counts;
  sent: Counts;
  erased: Counts;
  told: Counts;
  losses: Loss[];
  failures: Failure[];
  wallMs: number;
}

export async function campaign(how: Campaign): Promise<Summary> {
  const began = performance.now();
  const summary: Summary = {
    seed: how.seed,
    runs: 0,
    injected: new Map(),
    started: new Map(),
    sent: new Map(),
    erased: new Map(),
    told: new Map(),
    losses: [],
    failures: [],
    wallMs: 0,
  };
  how.say(`chaos: seed ${how.seed}, ${how.runs} runs from number ${how.first}`);
  let next = how.first;
  const take = () => (summary.failures.length < how.patience && next < how.first + how.runs ? next++ : null);
  const lanes = Array.from({ length: Math.min(how.worlds, how.runs) }, () => live(how, take, summary));
  await Promise.all(lanes);
  summary.wallMs = performance.now() - began;
  return summary;
}

/**
 * What is measured must not depend on how busy the machine is, and an answer that comes must not be too late for who waits
 * fifteen virtual seconds for it.
 */
function rateOf({ losesAll, cutsEvents }: Campaign): number {
  if (losesAll) return 1;
  return cutsEvents ? UNHURRIED : FAST;
}

/** One world after another, each for many runs. */
async function live(how: Campaign, take: () => number | null, summary: Summary): Promise<void> {
  const make = () => World.make(rateOf(how), how.saboteur, how.vars);
  let world = await make();
  let age = 0;
  const renew = async () => {
    await world.close();
    world = await make();
    age = 0;
  };
  try {
    for (let number = take(); number !== null; number = take()) {
      if (++age > RUNS_PER_WORLD) await renew();
      const plan = planFor(how.seed, number, how.losesAll, how.cutsEvents);
      const outcome = await run(world, plan);
      add(summary, outcome);
      if (summary.runs % NEWS_EVERY === 0) how.say(`${summary.runs} runs, ${summary.failures.length} failed`);
      if (how.trace) how.say([`run ${number}`, ...outcome.history.lines].join("\n"));
      if (outcome.problems.length === 0) continue;
      for (const line of told(how, number, plan, outcome)) how.say(line);
      // A new world, so that the state of a failed run cannot fail the next.
      await renew();
      let shortest = plan;
      if (how.shrinkRuns > 0 && summary.failures.length < SHRUNK_FAILURES) {
        const fails = async (shorter: Plan) => {
          const { problems } = await run(world, shorter);
          if (problems.some(({ fault }) => fault === "broken")) await renew();
          return problems.some(({ fault }) => outcome.problems.some((each) => each.fault === fault));
        };
        shortest = await shrink(plan, fails, how.shrinkRuns);
        how.say(`  the shortest of run ${number} that still fails (${shortest.generation}, ${shortest.end}):`);
        for (const step of shortest.steps) how.say(`    ${lineOf(step)}`);
        const again = await run(world, shortest);
        for (const line of again.history.lines) how.say(`      ${line}`);
      }
      summary.failures.push({ number, plan, problems: outcome.problems, shortest });
    }
  } finally {
    await world.close();
  }
}

function add(summary: Summary, { history }: Outcome): void {
  summary.runs += 1;
  for (const name of ["injected", "started", "sent", "erased", "told"] as const) {
    for (const [kind, times] of history[name]) count(summary[name], kind, times);
  }
  summary.losses.push(...history.losses);
}

function* told(
  { seed, losesAll, cutsEvents }: Campaign,
  number: number,
  plan: Plan,
  { problems, history }: Outcome,
): Generator<string> {
  const again = `--seed ${seed} --first ${number} --runs 1${losesAll ? " --drop-all" : ""}${cutsEvents ? " --events" : ""}`;
  yield `FAILED: run ${number} of seed ${seed}; repeat it with ${again}`;
  for (const { fault, text } of problems) yield `  ${fault}: ${text}`;
  yield `  its steps (${plan.generation}, ${plan.end}):`;
  for (const step of plan.steps) yield `    ${lineOf(step)}`;
  yield `  what happened:`;
  for (const line of history.lines) yield `    ${line}`;
}
