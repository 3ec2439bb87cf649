/**
 * Webhooks that are never sent: how long it takes until the watchers have the result, and how often the
 * provider is polled for it.
 *
 * The clock jumps from alarm to alarm, so that a run waits no longer than the Worker does. All times are
 * virtual: between the jumps, the clock runs as fast as real time.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Cast } from "./cast.ts";
import type { Loss } from "./history.ts";
import type { Wish } from "./truth.ts";

/** Longer than the Worker waits for any task: a video has three hours. */
const AT_MOST_MS = 4 * 3_600_000;
/** How long a frame may take on a busy machine, in real time. */
const FRAMES_MS = 2000;

/** Lets time pass until `at`, alarm by alarm. */
export async function until(cast: Cast, at: number): Promise<void> {
  const { world } = cast;
  while (world.now() < at) {
    const alarm = await world.ring(cast.alarms);
    await world.pass(Math.max(0, Math.min(alarm, at) - world.now()), cast.alarms);
    await shown(cast);
  }
}

/** Waits for the frames that follow from a poll, so that watchers have them before the clock moves on. */
async function shown(cast: Cast): Promise<void> {
  const isUnderWay = (wish: Wish) => wish.looks > wish.looksInVain && lossOf(cast, wish) === null;
  const ended = [...cast.wishes.values()].filter(({ endedAt }) => endedAt !== null);
  for (const end = Date.now() + FRAMES_MS; ended.some(isUnderWay) && Date.now() < end; ) await delay(2);
}

/** Lets time pass until every watcher knows how every task has ended, and records how long that took. */
export async function outwait(cast: Cast): Promise<void> {
  const { world, history } = cast;
  const lost = [...cast.wishes.values()].filter(({ endedAt }) => endedAt !== null);
  const end = world.now() + AT_MOST_MS;
  while (lost.some((wish) => lossOf(cast, wish) === null) && world.now() < end) {
    const alarm = await world.ring(cast.alarms);
    await until(cast, Math.min(Math.max(alarm, world.now() + 1), end));
  }
  for (const wish of lost) {
    const loss = lossOf(cast, wish);
    history.note(`slot ${wish.slot}: ${JSON.stringify(loss)}`);
    if (loss) history.losses.push(loss);
    else history.blame("lost", `the watchers of slot ${wish.slot} never knew how it ended`);
  }
}

/** Null while one of its watchers does not know. */
function lossOf(cast: Cast, wish: Wish): Loss | null {
  const { task, endedAt, looks, order } = wish;
  if (!task || endedAt === null) return null;
  const watchers = cast.viewers.filter((viewer) => cast.watchedBy(viewer).includes(wish));
  const learned = watchers.map((viewer) => viewer.learned.get(task.id));
  if (learned.some((at) => at === undefined)) return null;
  const last = Math.max(...learned.map((at) => at ?? 0));
  return { tookMs: endedAt - order.sentAt, unknownMs: last - endedAt, looks };
}
