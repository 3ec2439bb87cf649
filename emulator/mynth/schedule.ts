/** When a webhook that was not taken is tried again. Pure: delays in milliseconds, before scaling. */

import type { Generation } from "./generation.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** g4: 5 s, doubled up to an hour, for 72 hours. */
function doubling(): number[] {
  const delays: number[] = [];
  let total = 0;
  for (let delay = 5 * SECOND; total + delay <= 72 * HOUR; delay = Math.min(delay * 2, HOUR)) {
    delays.push(delay);
    total += delay;
  }
  return delays;
}

const CURRENT: readonly number[] = doubling();

/** Before g4 only the whole was documented, about two and a half hours: the steps are chosen to fill it. */
const OLDER: readonly number[] = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  30 * MINUTE,
  40 * MINUTE,
  40 * MINUTE,
];

export function retryDelays(generation: Generation): readonly number[] {
  return generation === "g4" ? CURRENT : OLDER;
}
