/**
 * One run: its steps, then the end of all faults, then everything has to agree.
 *
 * A run that leaves its world broken says so: the next run needs another.
 */

import { setTimeout as delay } from "node:timers/promises";
import { Cast } from "./cast.ts";
import { check } from "./check.ts";
import { insist, tellOfErased } from "./erase.ts";
import { History, type Problem } from "./history.ts";
import { outwait } from "./losses.ts";
import { planOf, planOfEvents, planOfLosses } from "./plans.ts";
import { playOn } from "./play.ts";
import { Random } from "./random.ts";
import { outlive } from "./retention.ts";
import type { Plan } from "./steps.ts";
import { Told } from "./told.ts";
import type { World } from "./world.ts";

/**
 * Pauses before the checks, in seconds: none, then for a retry, a poll, the longest gap between polls, and between
 * searches for rows, and for events that failed more than once, or while the clock was ahead.
 */
const PATIENCE = [0, 3, 30, 400, 4_000, 12_000, 40_000];
/** The same after something was erased: its rows are deleted once more after a minute. */
const ERASED_PATIENCE = [63, 400, 25_000, 63];
/** The same once the rooms are cleaned. One that still has an event to send keeps its state for as long. */
const CLEANED_PATIENCE = [3, 30, 400, 4_000];
/** Within this time after its task's end, a room has deleted its state. */
const CLEANED_AFTER_S = 90_000;
const REDELIVERIES = 5;
/** In real time: many times what the longest run takes on a busy machine. */
const RUN_MS = 240_000;

export interface Outcome {
  history: History;
  problems: Problem[];
}

/** The plan for this seed and number; with `losesAll`, no webhook is ever sent; with `cutsEvents`, each has a cut. */
export function planFor(seed: number, number: number, losesAll = false, cutsEvents = false): Plan {
  if (cutsEvents) return planOfEvents(new Random("events", seed, number));
  return losesAll ? planOfLosses(new Random("losses", seed, number)) : planOf(new Random(seed, number));
}

export async function run(world: World, plan: Plan): Promise<Outcome> {
  const history = new History();
  const cast = await Cast.gather(world, history, plan.generation);
  const told = new Told(cast, plan);
  const over = new AbortController();
  const limit = delay(RUN_MS, undefined, over).then(() => {
    throw new Error(`it is not over after ${RUN_MS} ms`);
  });
  limit.catch(() => {}); // it is aborted where the run is faster
  try {
    await Promise.race([playAll(cast, plan, told), limit]);
  } catch (error) {
    history.blame("broken", String((error as Error).stack));
  } finally {
    over.abort();
    told.leave();
    cast.leave();
  }
  return { history, problems: history.problems };
}

async function playAll(cast: Cast, plan: Plan, told: Told): Promise<void> {
  const { world, history } = cast;
  for (const step of plan.steps) {
    await told.restart();
    await playOn(cast, step);
    // Nothing later can repair that.
    if (history.problems.length > 0) return;
  }
  await told.restart();
  if (plan.losesAll) await outwait(cast);
  else await heal(cast, told);
  await conclude(cast, told, cast.hasErased ? ERASED_PATIENCE : PATIENCE);
  if (history.problems.length > 0 || plan.end === "agreed") return;
  history.note("the rooms are cleaned");
  await world.pass(CLEANED_AFTER_S * 1000, cast.alarms);
  await tellOfErased(cast);
  await conclude(cast, told, CLEANED_PATIENCE, true);
  if (history.problems.length > 0 || plan.end === "cleaned") return;
  await outlive(cast);
}

async function heal(cast: Cast, told: Told): Promise<void> {
  const { world, history } = cast;
  history.note("everything is healed");
  told.heal();
  cast.isProviderAway = false;
  if (!world.isUp) await world.start();
  await world.healD1();
  await world.skew(0, cast.alarms);
  // A late watcher for each batch, and for the feed.
  for (const { batchId, ticket } of cast.orders) if (batchId !== null) cast.viewer("batch", batchId, ticket);
  cast.viewer("feed", "", null);
  await Promise.all(
    [...cast.wishes.values()].map(async (wish) => {
      if (!wish.task) return;
      world.emulator.finish(wish.task.id);
      // The provider repeats what had no 2xx.
      for (let i = 0; i < REDELIVERIES && !wish.isDropped && !wish.isAcknowledged; i++) await cast.deliver(wish);
    }),
  );
  await cast.content.insist(REDELIVERIES);
  await insist(cast);
  await tellOfErased(cast);
}

/** Repeats the checks after each pause until all pass. What fails after the last pause is a problem of the run. */
async function conclude(cast: Cast, told: Told, patience: number[], areCleaned = false): Promise<void> {
  const { world, history } = cast;
  let problems: Problem[] = [];
  for (const seconds of patience) {
    history.note(`${seconds} s later`);
    await world.pass(seconds * 1000, cast.alarms);
    await insist(cast);
    await told.restart();
    problems = await check(cast, told, areCleaned);
    if (problems.length === 0) return;
  }
  for (const { fault, text } of problems) history.blame(fault, text);
}
