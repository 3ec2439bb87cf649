/**
 * The clock that the provider and the Worker share: it can run fast, be put forward, and the
 * Worker's copy of it can be made wrong.
 *
 * Everything in the Worker that knows time (dates, timers, alarms) follows it, by the shim. So an
 * hour passes in a moment, and nothing in the Worker was built for that.
 */

/** How much faster than real time it runs where nothing is measured: 20 s until a room's first look become 1 s. */
export const FAST = 20;

export interface Clock {
  /** How much faster than real time it runs. */
  rate: number;
  /** Real milliseconds at which it was right. */
  epoch: number;
  /** How far it was put forward since, in its own milliseconds. */
  offset: number;
  /** What the Worker adds to it by mistake. */
  skew: number;
}

export function newClock(rate: number): Clock {
  return { rate, epoch: Date.now(), offset: 0, skew: 0 };
}

/** The time, as everybody but a skewed Worker knows it. */
export function timeOf(clock: Clock): number {
  return clock.epoch + (Date.now() - clock.epoch) * clock.rate + clock.offset;
}
