/**
 * The rows that one task writes, from its start to its end, in D1 and in its object.
 *
 * D1's own count is used: `meta.rows_written` of every statement, read by a pass-through module
 * around the built Worker (tests/worker/support/shim.ts). The object writes a row for each value
 * put and, by the price list, one for each alarm set; the same module counts those calls.
 */

import { startApp } from "../tests/worker/support/app.ts";
import { eventually } from "../tests/worker/support/eventually.ts";
import type { Counts } from "../tests/worker/support/shim.ts";
import { readFlags } from "./flags.ts";

/** The room's alarm fires 20 s after the start, and sets the one that deletes the room. */
const ALARM_WITHIN_MS = 40_000;
const COLUMNS = ["D1 rows", "D1 batches", "puts", "alarms"];

type Written = Pick<Counts, "d1Rows" | "d1Batches" | "puts" | "alarms">;

const NOTHING: Written = { d1Rows: 0, d1Batches: 0, puts: 0, alarms: 0 };

function minus(now: Written, before: Written): Written {
  return {
    d1Rows: now.d1Rows - before.d1Rows,
    d1Batches: now.d1Batches - before.d1Batches,
    puts: now.puts - before.puts,
    alarms: now.alarms - before.alarms,
  };
}

function line(name: string, { d1Rows, d1Batches, puts, alarms }: Written): string {
  return `${name.padEnd(34)} ${[d1Rows, d1Batches, puts, alarms].map((each) => String(each).padStart(12)).join("")}`;
}

const { images } = readFlags({ images: 4 });
const app = await startApp({ shim: true });
try {
  const user = await app.as("bench");
  const { taskId } = await user.start({ count: images });
  const counted = async () => {
    const counts = await app.shim();
    return { worker: counts.worker ?? NOTHING, room: counts[taskId] ?? NOTHING };
  };
  const started = await counted();
  await app.emulator.deliver(taskId);
  await eventually(async () => (await app.rows(taskId)).task?.status === "completed", 5000);
  const ended = await counted();
  await app.emulator.deliver(taskId, { copies: 2 });
  const repeated = await counted();
  await eventually(async () => (await counted()).room.alarms > repeated.room.alarms, ALARM_WITHIN_MS);
  const rested = await counted();

  const steps: [string, Written][] = [
    ["start: rows before the provider", started.worker],
    ["start: the room takes the task", started.room],
    ["webhook: completed", minus(ended.room, started.room)],
    ["the same webhook twice more", minus(repeated.room, ended.room)],
    ["after its answers: their log", minus(rested.worker, started.worker)],
    ["the alarm, 20 s after the start", minus(rested.room, repeated.room)],
  ];
  const total = [rested.worker, rested.room].reduce((sum, each) => minus(sum, minus(NOTHING, each)), NOTHING);
  console.log(`one task of ${images} images`);
  console.log(`${"".padEnd(34)} ${COLUMNS.map((each) => each.padStart(12)).join("")}`);
  for (const [name, counts] of steps) console.log(line(name, counts));
  console.log(line("all", total));
  console.log(
    `${total.d1Rows + total.puts + total.alarms} rows written in all: ${total.d1Rows} in D1, ${total.puts + total.alarms} in the object`,
  );
} finally {
  await app.close();
}
