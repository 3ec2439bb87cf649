// The geometry of the charts. Pure.
import type { Stats } from "@taskwire/client/admin";
import { TONES, type Tone, toneOf } from "./verdicts.ts";

const HOUR = 3_600_000;
/** More would be thinner than a finger, and than a look. */
const MOST_HOURS = 48;

export interface Hour {
  at: string;
  total: number;
  tones: Record<Tone, number>;
  verdicts: Record<string, number>;
}

/** One entry for each hour from `since` to `until`, also for those without a delivery. */
export function hoursOf({ since, until, hours }: Pick<Stats, "since" | "until" | "hours">): Hour[] {
  const known = new Map(hours.map(({ at, verdicts }) => [Date.parse(at), verdicts]));
  const last = Math.floor(Date.parse(until) / HOUR) * HOUR;
  const first = Math.max(Math.floor(Date.parse(since) / HOUR) * HOUR, last - (MOST_HOURS - 1) * HOUR);
  const all: Hour[] = [];
  for (let at = first; at <= last; at += HOUR) {
    const verdicts = known.get(at) ?? {};
    const tones: Record<Tone, number> = { good: 0, calm: 0, warm: 0, bad: 0 };
    for (const [verdict, count] of Object.entries(verdicts)) tones[toneOf(verdict)] += count;
    const total = TONES.reduce((sum, tone) => sum + tones[tone], 0);
    all.push({ at: new Date(at).toISOString(), total, tones, verdicts });
  }
  return all;
}

/** Round numbers from 0 to at least `most`: at most four steps. */
export function ticksOf(most: number): number[] {
  if (most <= 0) return [0, 1];
  const raw = most / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, ([1, 2, 5, 10].find((each) => each * power >= raw) ?? 10) * power);
  const ticks = [0];
  while ((ticks.at(-1) ?? 0) < most) ticks.push((ticks.at(-1) ?? 0) + step);
  return ticks;
}

/** Where a duration is between `from` and `to`, from 0 to 1: a tenfold is the same distance everywhere. */
export function onLog(ms: number, from: number, to: number): number {
  const log = (value: number): number => Math.log10(Math.max(value, 1));
  const [low, high] = [log(from), log(to)];
  return high === low ? 0 : Math.min(1, Math.max(0, (log(ms) - low) / (high - low)));
}
