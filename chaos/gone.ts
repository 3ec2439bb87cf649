/**
 * What has to be gone once the faults are over: the rows of what was erased, and everything in its room
 * except the note that it was erased.
 */

import type { Task } from "../emulator/emulator.ts";
import type { Cast } from "./cast.ts";
import type { Erasure } from "./erase.ts";
import type { Told } from "./shim.ts";
import type { Wish } from "./truth.ts";

/** A room remembers for 75 h that its task was erased, on a clock that may be wrong by 20 minutes at either end. */
const REMEMBERED_MS = (75 * 60 - 2 * 20) * 60_000;

/** Rows that should be gone: images without a task, and rows from before everything was erased. */
export function* keptRows({ erasures, orders }: Cast, told: Told): Generator<string> {
  const known = new Set(told.tasks.map(({ id }) => id));
  const stray = told.images.filter(({ task_id: id }) => !known.has(id));
  if (stray.length > 0) yield `rows of images without a task: ${JSON.stringify(stray)}`;
  // A clock that was set back makes rows of later orders look older than the wish that all goes.
  const isClear = ({ from, orders: made }: Erasure) =>
    orders.slice(made).every(({ wishes }) => wishes.every(({ born }) => born.from >= from));
  const clear = erasures.filter((erasure) => erasure.isPromised && isClear(erasure));
  const before = Math.max(...clear.map(({ from }) => from));
  for (const [table, rows] of Object.entries({ tasks: told.tasks, keys: told.keys })) {
    const older = rows.filter(({ created_at: at }) => Date.parse(at) < before);
    if (older.length > 0) yield `everything was erased, and ${table} has ${JSON.stringify(older)}`;
  }
  if (told.erasures.length > 0) yield `erasing everything is not over: ${JSON.stringify(told.erasures)}`;
}

/** What is left of a task that was erased. */
export async function keptOf(cast: Cast, { slot, promisedAt }: Wish, { id }: Task, told: Told): Promise<string[]> {
  const left: string[] = [];
  const rows = [...told.tasks, ...told.images].filter(({ mynth_task_id: its }) => its === id);
  if (rows.length > 0) left.push(`slot ${slot} (${id}) was erased, and D1 has ${JSON.stringify(rows)}`);
  const { status, text } = await cast.ask(`/tasks/${id}`);
  if (status !== 404) left.push(`slot ${slot} was erased, and a read is answered ${status} ${text}`);
  const kept = told.kept[id] ?? null;
  const { task, early = [], erased } = kept === null ? {} : JSON.parse(kept);
  const isRemembered = promisedAt !== null && cast.world.now() - promisedAt < REMEMBERED_MS;
  if (isRemembered && !erased) left.push(`the room of slot ${slot} has forgotten that it was erased`);
  if (task || (erased && early.length > 0) || erased?.left)
    left.push(`slot ${slot} was erased, and its room keeps ${kept}`);
  return left;
}

/** Idempotency keys that are still taken although everything started under them is gone. */
export function* goneKeys({ orders }: Cast, gone: Set<Wish>, { tasks, keys }: Told): Generator<string> {
  for (const { wishes, batchId, headers, isBatch } of orders) {
    const isAll = wishes.some((wish) => gone.has(wish)) && wishes.every((wish) => !wish.task || gone.has(wish));
    if (!isAll || (isBatch && (batchId === null || tasks.some(({ batch_id: id }) => id === batchId)))) continue;
    const key = keys.find((each) => each.key === headers["idempotency-key"]);
    if (key) yield `all was erased that was started under a key, and it is taken: ${JSON.stringify(key)}`;
  }
}
