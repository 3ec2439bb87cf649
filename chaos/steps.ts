/**
 * What can be done in a run, and how a seed becomes a list of it.
 *
 * A step is plain data and says nothing of what came before, so any sub-list of a run's steps is a
 * run as well: that is what lets a failing one be made shorter.
 */

import type { Generation } from "../emulator/options.ts";
import type { Random } from "./random.ts";
import type { D1Mode } from "./shim.ts";

/** What happens between the provider's yes and its answer. */
export type Meanwhile = "nothing" | "webhook" | "cut" | "kill";

export type Corruption = "body" | "signature" | "secret" | "stale" | "unsigned";

/** `slot` is one of the run's tasks: one wish of the caller's, started once. */
export type Step =
  | { do: "start"; slot: number; count: number; word: string; keyed: boolean; meanwhile: Meanwhile }
  | { do: "repeat"; slot: number; times: number }
  | { do: "finish"; slot: number }
  | { do: "deliver"; slot: number; copies: number }
  | { do: "drop"; slot: number }
  | { do: "reorder"; seed: number }
  | { do: "contradict"; slot: number }
  | { do: "gossip"; slot: number }
  | { do: "corrupt"; slot: number; how: Corruption }
  | { do: "pass"; seconds: number }
  | { do: "skew"; seconds: number }
  | { do: "d1"; mode: D1Mode; calls: number }
  | { do: "outage"; isAway: boolean }
  | { do: "evict"; slot: number; sockets: "hibernate" | "close" }
  | { do: "kill"; during: Step | null; afterMs: number }
  | { do: "watch"; slot: number; isFeed: boolean; knows: boolean }
  | { do: "leave"; which: number }
  | { do: "read"; slot: number }
  | { do: "together"; steps: Step[] };

export interface Plan {
  /** The provider's wire in this run. */
  generation: Generation;
  steps: Step[];
}

/** A power cut costs most of a second, and everything else a few milliseconds. */
const KILLED_RUNS = 0.05;

/** Words that the emulated provider obeys; most tasks end well. */
const WORDS = ["", "", "", "", "[fail]", "[fail-silent]", "[partial]", "[missing]", "[extra]", "[nourl]", "[refuse-402]", "[refuse-500]"];

const WEIGHTS = {
  deliver: 16,
  finish: 8,
  drop: 5,
  reorder: 6,
  contradict: 5,
  gossip: 4,
  corrupt: 7,
  pass: 9,
  skew: 5,
  d1: 8,
  outage: 3,
  evict: 8,
  watch: 9,
  leave: 7,
  read: 5,
  repeat: 6,
  together: 12,
};

/** Moments at which something changes: an orphan's first look, a task's, later ones, the deadline, the clean-up. */
const PASSES = [1, 3, 3, 21, 21, 60, 400, 3700, 90_000];

function startOf(random: Random, slot: number): Step {
  const meanwhile = random.weighted<Meanwhile>({ nothing: 14, webhook: 4, cut: 3, kill: 0 });
  return { do: "start", slot, count: random.whole(1, 4), word: random.pick(WORDS), keyed: random.chance(0.5), meanwhile };
}

function anyStep(random: Random, slots: number): Step {
  const slot = random.whole(0, slots - 1);
  const name = random.weighted(WEIGHTS);
  switch (name) {
    case "deliver":
      return { do: name, slot, copies: random.chance(0.3) ? random.whole(2, 4) : 1 };
    case "repeat":
      return { do: name, slot, times: random.whole(1, 3) };
    case "reorder":
      return { do: name, seed: random.whole(0, 1e6) };
    case "corrupt":
      return { do: name, slot, how: random.pick<Corruption>(["body", "signature", "secret", "stale", "unsigned"]) };
    case "pass":
      return { do: name, seconds: random.pick(PASSES) };
    case "skew":
      return { do: name, seconds: random.pick([0, 0, -1200, -280, -2, 2, 280, 1200]) };
    case "d1":
      return { do: name, mode: random.pick<D1Mode>(["away", "lost", "slow"]), calls: random.whole(1, 4) };
    case "outage":
      return { do: name, isAway: random.chance(0.5) };
    case "evict":
      return { do: name, slot, sockets: random.chance(0.8) ? "hibernate" : "close" };
    case "watch":
      return { do: name, slot, isFeed: random.chance(0.25), knows: random.chance(0.5) };
    case "leave":
      return { do: name, which: random.whole(0, 5) };
    case "together":
      return { do: name, steps: Array.from({ length: random.whole(2, 4) }, () => momentary(random, slots)) };
    default:
      return { do: name, slot };
  }
}

/** A step that can go on beside others: not one that moves the clock of all. */
function momentary(random: Random, slots: number): Step {
  for (;;) {
    const step = anyStep(random, slots);
    if (!["together", "pass", "skew", "reorder"].includes(step.do)) return step;
  }
}

/** One power cut: while the provider says yes to a start, or in the middle of something else. */
function addPowerCut(random: Random, slots: number, steps: Step[]): void {
  const starts = steps.flatMap((step) => (step.do === "start" ? [step] : []));
  if (random.chance(0.3)) {
    random.pick(starts).meanwhile = "kill";
    return;
  }
  const slot = random.whole(0, slots - 1);
  const during = random.pick<Step | null>([null, { do: "deliver", slot, copies: 1 }, { do: "deliver", slot, copies: 3 }, momentary(random, slots)]);
  steps.splice(random.whole(0, steps.length), 0, { do: "kill", during, afterMs: random.pick([0, 1, 2, 3, 5, 8, 13]) });
}

/** The run that a seed stands for. */
export function planOf(random: Random): Plan {
  const slots = random.whole(2, 4);
  const steps: Step[] = [];
  const length = random.whole(10, 40);
  for (let i = 0; i < length; i++) steps.push(anyStep(random, slots));
  // In the first half, so that much happens to each: what names a task not started yet does nothing.
  for (let slot = 0; slot < slots; slot++) {
    steps.splice(random.whole(0, Math.floor(steps.length / 2)), 0, startOf(random, slot));
  }
  if (random.chance(KILLED_RUNS)) addPowerCut(random, slots, steps);
  return { generation: random.pick<Generation>(["g1", "g2", "g3", "g4", "g4"]), steps };
}

/** A step on one line. */
export function lineOf(step: Step): string {
  switch (step.do) {
    case "together":
      return `together { ${step.steps.map(lineOf).join("; ")} }`;
    case "kill":
      return `kill ${step.during ? `${step.afterMs} ms into { ${lineOf(step.during)} }` : ""}`;
    default: {
      const { do: name, ...how } = step;
      const pairs = Object.entries(how).filter(([, value]) => value !== "");
      return [name, ...pairs.map(([key, value]) => `${key}=${value}`)].join(" ");
    }
  }
}
