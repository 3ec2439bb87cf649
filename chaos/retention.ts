/** The end of all rows: they are past their retention, and the sweep deletes them. */

import type { Cast } from "./cast.ts";
import { RETENTION_DAYS } from "./world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A sweep deletes what it can in its time, from all users' rows; the next one goes on. */
const SWEEPS = 20;
/** By then, the rows of an early report have been searched for. */
const ADOPTED_MS = 3000;

/** Lets everything pass its retention. Then nothing may be left, and no late webhook may bring anything back. */
export async function outlive(cast: Cast): Promise<void> {
  const { world, history } = cast;
  history.note(`${RETENTION_DAYS + 1} days later`);
  history.inject("outlive");
  await world.pass((RETENTION_DAYS + 1) * DAY_MS, cast.alarms);
  let rows = await left(cast);
  for (let i = 0; i < SWEEPS && rows.length > 0; i++) {
    // The sweep begins a round in the first minute of an hour.
    await world.pass(i % 4 === 0 ? HOUR_MS - (world.now() % HOUR_MS) + 1000 : MINUTE_MS, []);
    rows = await left(cast);
  }
  if (rows.length > 0) return history.blame("kept", `past their retention there are ${JSON.stringify(rows)}`);
  await Promise.all([...cast.wishes.values()].map((wish) => wish.isDropped || cast.deliver(wish)));
  await world.pass(ADOPTED_MS, cast.alarms);
  rows = await left(cast);
  if (rows.length > 0) history.blame("kept", `a webhook has brought back ${JSON.stringify(rows)}`);
}

async function left(cast: Cast): Promise<object[]> {
  const { tasks, images } = await cast.world.tell({ rows: cast.user });
  return [...tasks, ...images];
}
