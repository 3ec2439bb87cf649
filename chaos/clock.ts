/**
 * The clock that the provider and the Worker share: it can run fast, be put forward, and the
 * Worker's copy of it can be made wrong.
 *
 * The shim makes all time in the Worker (dates, timers, alarms) follow it. So an hour passes in a
 * moment, without a hook in the Worker.
 */

/** How much faster than real time it runs where nothing is measured: the 20 s until a room's first poll become 1 s. */
export const FAST = 20;

/** Where somebody has to be heard in time: fifteen seconds become five. */
export const UNHURRIED = 3;

export interface Clock {
  /** How much faster than real time it runs. */
  rate: number;
  /** The real time, in milliseconds, at which both were equal. */
  epoch: number;
  /** How far it was put forward since, in its own milliseconds. */
  offset: number;
  /** The Worker's clock skew. */
  skew: number;
}

export function newClock(rate: number): Clock {
  return { rate, epoch: Date.now(), offset: 0, skew: 0 };
}

/** The time without the Worker's skew. */
export function timeOf(clock: Clock): number {
  return clock.epoch + (Date.now() - clock.epoch) * clock.rate + clock.offset;
}
