/**
 * A short campaign: enough runs to find serious bugs, in the time of a test. `npm run chaos` has as
 * many as you like.
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KINDS } from "../../emulator/mynth/kinds.ts";
import { GENERATIONS } from "../../emulator/options.ts";
import { type Campaign, campaign, type Summary } from "../campaign.ts";
import { canonical } from "../canonical.ts";
import type { Fault } from "../history.ts";
import { report } from "../report.ts";
import { planFor } from "../run.ts";
import { shrink } from "../shrink.ts";
import type { Plan, Step } from "../steps.ts";
import * as saboteurs from "./saboteurs.ts";

const FIXED_SEED = 20_261_120;
/** Printed with the result, so that what it finds can be repeated. */
const RANDOM_SEED = Date.now() % 1_000_000;

/** Every fault, and what else can happen to a task. */
const FAULTS = [
  ...["contradict", "corrupt", "cut", "d1-away", "d1-lost", "d1-slow", "delay", "disconnect", "drop", "duplicate"],
  ...["early", "erase", "erase-all", "evict", "expiry", "gossip", "kill", "outage", "outlive", "reorder", "repeat"],
  "skew",
  "unheard",
];

/** The longest pause between two polls in virtual time, and how long the poll itself may take. */
const LONGEST_UNKNOWN_MS = 5 * 60_000 + 30_000;

/** Runs a campaign. Its output is shown only if something is wrong. */
async function inflict(
  seed: number,
  runs: number,
  { saboteur, losesAll = false, cutsEvents = false, first = 1, vars = {} }: Partial<Campaign> = {},
): Promise<{ summary: Summary; said: string }> {
  const lines: string[] = [];
  const summary = await campaign({
    seed,
    first,
    runs,
    worlds: saboteur ? 1 : 3,
    patience: 1,
    shrinkRuns: saboteur ? 0 : 40,
    losesAll,
    vars,
    cutsEvents,
    say: (line) => lines.push(line),
    ...(saboteur === undefined ? {} : { saboteur }),
  });
  lines.push(...report(summary));
  return { summary, said: lines.join("\n") };
}

describe("whatever goes wrong", { timeout: 280_000 }, () => {
  for (const [name, seed, runs] of [
    ["the seed that every machine has run", FIXED_SEED, 210],
    ["a seed that nobody has run yet", RANDOM_SEED, 90],
  ] as const) {
    test(`nothing is lost, doubled or taken back: ${name} (${seed})`, async (t) => {
      const { summary, said } = await inflict(seed, runs);
      assert.equal(summary.failures.length, 0, said);
      assert.equal(summary.runs, runs);
      t.diagnostic(said.split("\n").at(-1) ?? "");
      if (seed !== FIXED_SEED) return;
      assert.deepEqual([...summary.injected.keys()].sort(), FAULTS);
      assert.deepEqual([...summary.started.keys()].sort(), [...KINDS, "of a batch", "content"].sort());
      assert.deepEqual([...summary.sent.keys()].sort(), [...GENERATIONS]);
    });
  }

  test("the app's own backend is told on every road, though the power is cut on the way there", async (t) => {
    const { summary, said } = await inflict(FIXED_SEED, 12, { cutsEvents: true });
    assert.equal(summary.failures.length, 0, said);
    assert.deepEqual([...summary.told.keys()].sort(), ["hook", "queue", "url"]);
    assert.ok(summary.started.has("content"), said);
    assert.ok(summary.injected.has("cut off events") && summary.injected.has("kill"), said);
    t.diagnostic(said.split("\n").at(-1) ?? "");
  });

  test("whoever watches learns how a task ended, though no webhook ever comes", async (t) => {
    const { summary, said } = await inflict(FIXED_SEED, 12, { losesAll: true });
    assert.equal(summary.failures.length, 0, said);
    assert.ok(summary.losses.length >= 12, said);
    for (const { unknownMs, looks } of summary.losses) {
      assert.ok(unknownMs >= 0 && unknownMs <= LONGEST_UNKNOWN_MS, said);
      assert.ok(looks >= 1, said);
    }
    for (const line of said.split("\n").slice(-5)) t.diagnostic(line);
  });
});

/** Enough runs for the planted bug that shows least often. */
const PLANTED_RUNS = 25;

describe("a planted bug is found:", { timeout: 200_000, concurrency: true }, () => {
  /** The first run of which this is true: others could not show the bug. */
  const first = (isSuch: (plan: Plan) => boolean) => {
    for (let number = 1; ; number++) if (isSuch(planFor(FIXED_SEED, number))) return number;
  };
  const emptied = first(({ steps }) => steps.some((step) => step.do === "eraseUser"));
  const told = first(({ steps, receivers }) => {
    const isHeard = !Object.values(receivers ?? {}).some((plan) => plan.includes("410"));
    return isHeard && steps.some((step) => step.do === "content") && !steps.some((step) => step.do === "eraseUser");
  });
  const outlived = first(({ end }) => end === "outlived");
  const planted: [string, string, Fault, number?][] = [
    ["a delivery that is forgotten after its 200", saboteurs.DROPS_DELIVERIES, "lost"],
    ["a repeated start that is a second start", saboteurs.FORGETS_KEYS, "doubled"],
    ["a book that is told of a cost that there was none", saboteurs.FORGETS_COSTS, "overdrawn"],
    ["a task that is over and goes on changing", saboteurs.NEVER_RESTS, "regression"],
    ["a webhook that is taken from anybody", saboteurs.TRUSTS_EVERYBODY, "forged"],
    ["a ticket that is good for ever", saboteurs.KEEPS_TICKETS, "forged"],
    ["a feed that misses a frame", saboteurs.SKIPS_FRAMES, "lost"],
    ["a batch's watcher who is shown other tasks", saboteurs.MIXES_BATCHES, "leaked"],
    ["a result of another kind that is left out", saboteurs.FORGETS_RESULTS, "lost"],
    ["an end that nobody is told of", saboteurs.FORGETS_EVENTS, "lost"],
    ["a row that nobody is told of", saboteurs.FORGETS_CONTENT, "lost", told],
    ["a row that is told of before it can be read", saboteurs.HURRIES_EVENTS, "lost", told],
    ["a late webhook that brings an erased task back", saboteurs.REVIVES_ERASED, "kept"],
    ["a feed that goes on showing what was erased", saboteurs.HIDES_ERASING, "kept"],
    ["rows of images that stay when their task is erased", saboteurs.KEEPS_IMAGES, "kept"],
    ["everything that was erased and is there", saboteurs.ONLY_SAYS_SO, "kept", emptied],
    ["rows that stay past their retention", saboteurs.NEVER_FORGETS, "kept", outlived],
  ];
  for (const [name, saboteur, fault, number = 1] of planted) {
    test(name, async () => {
      // Without limits there is no book, which would be the first to notice some of them.
      const vars: Record<string, string> = fault === "overdrawn" ? {} : { LIMITS: "{}" };
      const { summary, said } = await inflict(FIXED_SEED, PLANTED_RUNS, { saboteur, first: number, vars });
      const faults = summary.failures.flatMap(({ problems }) => problems.map((problem) => problem.fault));
      assert.ok(faults.includes(fault), said);
    });
  }
});

describe("a seed", () => {
  test("is the same run each time, and another seed or number is another", () => {
    const plan = canonical(planFor(1, 1));
    assert.equal(canonical(planFor(1, 1)), plan);
    assert.notEqual(canonical(planFor(1, 2)), plan);
    assert.notEqual(canonical(planFor(2, 1)), plan);
    assert.equal(canonical(planFor(1, 1, true)), canonical(planFor(1, 1, true)));
    assert.notEqual(canonical(planFor(1, 1, true)), plan);
  });
});

describe("a failing run", () => {
  const read = (slot: number): Step => ({ do: "read", slot });
  const reads = (...slots: number[]): Plan => ({ generation: "g4", end: "agreed", steps: slots.map(read) });
  const slots = ({ steps }: Plan) => steps.map((step) => ("slot" in step ? step.slot : NaN));

  test("is made as short as it can be and still fail", async () => {
    const fails = async (plan: Plan) => slots(plan).includes(3) && slots(plan).includes(7);
    const shortest = await shrink(reads(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), fails, 1000);
    assert.deepEqual(slots(shortest), [3, 7]);
  });

  test("is not run more often than it may be", async () => {
    let runs = 0;
    const fails = async () => ++runs > 1000;
    await shrink(reads(...Array(40).keys()), fails, 25);
    assert.equal(runs, 25);
  });

  test("has what goes on together taken apart, where one of it is enough", async () => {
    const together: Plan = { generation: "g4", end: "agreed", steps: [{ do: "together", steps: [read(1), read(2)] }] };
    const fails = async (plan: Plan) => canonical(plan).includes('"slot":2');
    assert.deepEqual((await shrink(together, fails, 10)).steps, [read(2)]);
  });
});
