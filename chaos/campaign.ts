/** Many runs, in worlds side by side; what failed is made shorter, and everything is added up. */

import type { Fault, Problem } from "./history.ts";
import { type Outcome, planFor, run } from "./run.ts";
import { shrink } from "./shrink.ts";
import { lineOf, type Plan } from "./steps.ts";
import { World } from "./world.ts";

const NEWS_EVERY = 100;
/** Failures that are worth being made shorter: the next ones are often the same. */
const SHRUNK_FAILURES = 3;
/** A world's objects stay in its memory for a while, and its rows for ever. */
const RUNS_PER_WORLD = 500;

export interface Campaign {
  seed: number;
  /** Number of the first run. */
  first: number;
  runs: number;
  /** How many of them go on at the same time. */
  worlds: number;
  /** Ends the campaign when so many have failed. */
  patience: number;
  /** Runs that making one failure shorter may take. */
  shrinkRuns: number;
  say(line: string): void;
  /** Says what happens in every run, not only in those that fail. */
  trace?: boolean;
  /** See serve.ts: how a test plants a bug. */
  saboteur?: string;
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
  injected: Map<string, number>;
  failures: Failure[];
  wallMs: number;
}

export async function campaign(how: Campaign): Promise<Summary> {
  const began = performance.now();
  const summary: Summary = { seed: how.seed, runs: 0, injected: new Map(), failures: [], wallMs: 0 };
  how.say(`chaos: seed ${how.seed}, ${how.runs} runs from number ${how.first}`);
  let next = how.first;
  const take = () => (summary.failures.length < how.patience && next < how.first + how.runs ? next++ : null);
  const lanes = Array.from({ length: Math.min(how.worlds, how.runs) }, () => live(how, take, summary));
  await Promise.all(lanes);
  summary.wallMs = performance.now() - began;
  return summary;
}

/** One world after another, each for many runs. */
async function live(how: Campaign, take: () => number | null, summary: Summary): Promise<void> {
  let world = await World.make(how.saboteur);
  let age = 0;
  const renew = async () => {
    await world.close();
    world = await World.make(how.saboteur);
    age = 0;
  };
  try {
    for (let number = take(); number !== null; number = take()) {
      if (++age > RUNS_PER_WORLD) await renew();
      const plan = planFor(how.seed, number);
      const outcome = await run(world, plan);
      add(summary, outcome);
      if (summary.runs % NEWS_EVERY === 0) how.say(`${summary.runs} runs, ${summary.failures.length} failed`);
      if (how.trace) how.say([`run ${number}`, ...outcome.history.lines].join("\n"));
      if (outcome.problems.length === 0) continue;
      for (const line of told(how.seed, number, plan, outcome)) how.say(line);
      // What a failed run has left behind must not fail the next.
      await renew();
      let shortest = plan;
      if (how.shrinkRuns > 0 && summary.failures.length < SHRUNK_FAILURES) {
        const fails = async (shorter: Plan) => {
          const { problems } = await run(world, shorter);
          if (problems.some(({ fault }) => fault === "broken")) await renew();
          return problems.some(({ fault }) => outcome.problems.some((each) => each.fault === fault));
        };
        shortest = await shrink(plan, fails, how.shrinkRuns);
        how.say(`  the shortest of run ${number} that still fails (${shortest.generation}):`);
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
  for (const [kind, times] of history.injected) summary.injected.set(kind, (summary.injected.get(kind) ?? 0) + times);
}

function* told(seed: number, number: number, plan: Plan, { problems, history }: Outcome): Generator<string> {
  yield `FAILED: run ${number} of seed ${seed}; repeat it with --seed ${seed} --first ${number} --runs 1`;
  for (const { fault, text } of problems) yield `  ${fault}: ${text}`;
  yield `  its steps (${plan.generation}):`;
  for (const step of plan.steps) yield `    ${lineOf(step)}`;
  yield `  what happened:`;
  for (const line of history.lines) yield `    ${line}`;
}

/** The last lines: what was done, and what is wrong. */
export function* report({ seed, runs, injected, failures, wallMs }: Summary): Generator<string> {
  const kinds = [...injected].sort(([a], [b]) => a.localeCompare(b)).map(([kind, times]) => `${kind} ${times}`);
  yield `faults: ${kinds.join(", ")}`;
  const problems = failures.flatMap((failure) => failure.problems);
  const count = (fault: Fault) => problems.filter((problem) => problem.fault === fault).length;
  const faults: [string, Fault][] = [["lost", "lost"], ["doubled", "doubled"], ["regressions", "regression"], ["forged", "forged"], ["broken", "broken"]];
  const counts = faults.map(([name, fault]) => `${name} ${count(fault)}`).join(", ");
  const seconds = wallMs / 1000;
  yield `chaos: seed ${seed}, ${runs} runs, ${failures.length} failed, ${counts}, ${seconds.toFixed(1)} s (${(runs / seconds).toFixed(1)} runs/s)`;
}
