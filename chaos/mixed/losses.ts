/** How long it takes until a watcher knows how a task ended, if no webhook is ever sent. */

import { randomUUID } from "node:crypto";
import { call } from "../../tests/worker/support/api.ts";
import { watchRun } from "../../tests/worker/support/run_watcher.ts";
import type { Random } from "../random.ts";
import type { World } from "../world.ts";
import { OF, type ProviderName } from "./jobs.ts";

const TOKEN_LIFE_S = 10 * 365 * 86_400;
const LONG_AGO_S = 1_600_000_000;
const HOUR_S = 3600;

/** Seconds from the end of a task, at a random time within the first hour, to the frame that shows it. */
export async function timeToKnow(world: World, provider: ProviderName, random: Random): Promise<number> {
  const of = OF[provider];
  const { emulator, base } = world;
  const token = await emulator.token({ sub: randomUUID(), expiresIn: TOKEN_LIFE_S, iat: LONG_AGO_S });
  let id = "";
  of.onStart(emulator, async (paid) => {
    id = paid.id;
  });
  emulator.options.replicate.keptMs = Number.MAX_SAFE_INTEGER;
  const answer = await call(base + of.path, {
    method: "POST",
    body: JSON.stringify(of.body("a fox")),
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  });
  if (answer.status !== 201) throw new Error(`${provider}: ${answer.status} ${answer.text}`);
  const room = of.roomOf(id);
  const runs = Math.floor(HOUR_S * random.next() ** 3);
  const due = world.now() + runs * 1000;
  while (world.now() < due) await step(world, room, due);
  of.finish(emulator, id);
  const ended = world.now();
  const watcher = await watchRun(base, answer.body.live);
  while (!watcher.frames.some((frame) => frame.task && frame.task.status !== "pending")) {
    await step(world, room, Infinity);
    await watcher.settled();
  }
  watcher.close();
  return (world.now() - ended) / 1000;
}

/** Puts the clock forward to the next alarm, or to `due`. */
async function step(world: World, room: string, due: number): Promise<void> {
  const next = await world.ring([room]);
  await world.pass(Math.max(1, Math.min(next, due) - world.now()), [room]);
}
