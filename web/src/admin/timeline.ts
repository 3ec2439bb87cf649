// A task's timeline as it is drawn. Moments that are milliseconds apart stand beside a pause of hours, so a gap is as wide
// as the logarithm of its time, and says how long it was. Pure.
import type { TimelineEntry } from "@taskwire/client/admin";
import { codeInWords } from "../words.ts";
import { eventTone, type Tone, toneOf } from "./verdicts.ts";

export const LANES = ["Task", "Webhooks", "Events out"] as const;

export interface Mark {
  entry: TimelineEntry;
  lane: number;
  tone: Tone;
  x: number;
}

export interface Gap {
  x: number;
  width: number;
  ms: number;
}

export interface Drawing {
  marks: Mark[];
  /** Between moments that differ. */
  gaps: Gap[];
}

/** No gap is narrower: two marks can be told apart. */
const LEAST = 0.6;

export function laneOf({ what }: Pick<TimelineEntry, "what">): number {
  return what === "delivery" || what === "polled" ? 1 : what === "event" ? 2 : 0;
}

/** `hasFailed`: how the task has ended. */
export function toneOfEntry({ what, verdict, state }: TimelineEntry, hasFailed: boolean): Tone {
  if (what === "delivery") return toneOf(verdict ?? "");
  if (what === "event") return eventTone(state ?? "waiting");
  if (what === "ended") return hasFailed ? "bad" : "good";
  return what === "behind" || what === "polled" ? "warm" : "calm";
}

const TITLES: Record<string, string> = {
  created: "Created",
  accepted: "Accepted",
  delivery: "Webhook",
  polled: "Provider asked",
  ended: "Ended",
  behind: "Not yet in D1",
  event: "Event out",
  erased: "Erased",
};

/** `Webhook, duplicate` */
export function titleOfEntry({ what, verdict, state }: TimelineEntry): string {
  const more = verdict ?? state;
  return (TITLES[what] ?? codeInWords(what)) + (more ? `, ${codeInWords(more).toLowerCase()}` : "");
}

/** `timeline` is oldest first. */
export function draw(
  timeline: readonly TimelineEntry[],
  hasFailed: boolean,
  [left, right]: [left: number, right: number],
): Drawing {
  const times = timeline.map(({ at }) => Date.parse(at));
  const weights = times.slice(1).map((time, at) => {
    const ms = Math.max(0, time - (times[at] ?? time));
    return ms === 0 ? 0 : LEAST + Math.log10(1 + ms / 20);
  });
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = whole === 0 ? 0 : (right - left) / whole;
  const marks: Mark[] = [];
  const gaps: Gap[] = [];
  let x = left;
  timeline.forEach((entry, at) => {
    const width = at === 0 ? 0 : (weights[at - 1] ?? 0) * scale;
    if (width > 0) gaps.push({ x, width, ms: (times[at] ?? 0) - (times[at - 1] ?? 0) });
    x += width;
    marks.push({ entry, lane: laneOf(entry), tone: toneOfEntry(entry, hasFailed), x });
  });
  return { marks, gaps };
}
