/**
 * The clock that the provider and the Worker share: it runs fast, can be put forward, and the
 * Worker's copy of it can be made wrong.
 *
 * Everything in the Worker that knows time (dates, timers, alarms) follows it, by the shim. So an
 * hour passes in a moment, and nothing in the Worker was built for that.
 */

/** How much faster than real time it runs: 20 s until a room's first look become 1 s. */
export const RATE = 20;

export interface Clock {
  /** Real milliseconds at which it was right. */
  epoch: number;
  /** How far it was put forward since, in its own milliseconds. */
  offset: number;
  /** What the Worker adds to it by mistake. */
  skew: number;
}

export function newClock(): Clock {
  return { epoch: Date.now(), offset: 0, skew: 0 };
}

/** The time, as everybody but a skewed Worker knows it. */
export function timeOf(clock: Clock): number {
  return clock.epoch + (Date.now() - clock.epoch) * RATE + clock.offset;
}
