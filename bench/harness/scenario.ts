/** A scenario: what is done to a Worker, and the rows of the table that result. */

import { median, percentile } from "../numbers.ts";
import type { Call, Called, Seen } from "./jobs.ts";
import type { Letter, Site, Spent, StartedTask } from "./site.ts";

export type WorkerName = "ours" | "other" | "baseline" | "floor";

/** The measurements of a row. For `perSecond` more is better, for all others less. */
export interface Measure {
  perSecond?: number;
  p50?: number;
  p99?: number;
  /** Processor time of workerd for each request. */
  cpuMs?: number;
  /** One span of time. */
  ms?: number;
  /** Resident memory of workerd in MB, or its growth for each item in KB. */
  mb?: number;
  kb?: number;
}

export interface Row {
  name: string;
  title: string;
  /** What the Workers are compared by. */
  by: keyof Measure;
  /** The target ratio to the baseline. Above 1, ours is better. */
  goal?: number;
}

export interface Size {
  /** A count, multiplied by `--scale`. */
  of(count: number): number;
  /** Whether `--full` asks for the large counts. */
  isFull: boolean;
}

/** Opens a fresh Worker for `work`, and closes it whatever happens. */
export type On = <T>(work: (site: Site) => Promise<T>) => Promise<T>;

export interface Scenario {
  name: string;
  rows(size: Size): Row[];
  workers: readonly WorkerName[];
  /** At most so many rounds, where one takes long. */
  rounds?: number;
  /** Only run if it is named, or with `--full`. */
  isLong?: boolean;
  run(on: On, size: Size): Promise<Record<string, Measure>>;
}

export const BOTH: readonly WorkerName[] = ["ours", "other", "baseline"];
export const ALL: readonly WorkerName[] = [...BOTH, "floor"];

/**
 * Requests of each kind before the first that counts, so that code is compiled, connections are open and keys
 * are cached.
 */
const WARM_UP = 64;

export const callsOf = (letters: readonly Letter[]): Call[] => letters.map(({ call }) => call);

export function readsOf(tasks: readonly StartedTask[]): Call[] {
  return tasks.map(({ taskId, authorization }) => {
    return { method: "GET", path: `/tasks/${taskId}`, headers: { authorization } };
  });
}

/** Does a little of everything, `concurrency` requests at once. */
export async function warmUp(site: Site, size: Size, concurrency = 16): Promise<void> {
  const { tasks } = await site.start(size.of(WARM_UP), { concurrency });
  await site.calls(callsOf(site.letters(tasks)), concurrency);
  await site.calls(callsOf(site.letters(tasks, { isForged: true })), concurrency, 401);
  if (site.name !== "floor") await site.calls(readsOf(tasks), concurrency);
}

export function timesOf(ms: readonly number[]): Measure {
  return { p50: median(ms), p99: percentile(ms, 0.99) };
}

/** The figures of calls, whether made one by one or concurrently. */
export function measureOf({ result, cpuMs }: Spent<Called>): Measure {
  const { ms, seconds } = result;
  return { perSecond: ms.length / seconds, ...timesOf(ms), cpuMs: cpuMs / ms.length };
}

export function framesOf({ result, cpuMs }: Spent<Seen>): Measure {
  return { ...timesOf(result.lastMs), cpuMs: cpuMs / result.lastMs.length };
}
