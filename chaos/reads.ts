/** What the owner reads and lists, amid the faults. None of it may be older than what was shown before, or erased. */

import type { Cast } from "./cast.ts";
import { erasedIn } from "./erase.ts";
import type { Wish } from "./truth.ts";

/** The task as its owner reads it; null where there is no clear answer. */
export async function read(cast: Cast, taskId: string): Promise<any> {
  const isErased = erasedIn(cast, "rooms").has(taskId);
  const answer = await cast.ask(`/tasks/${taskId}`);
  if (answer.status !== 200) return null;
  const { task } = answer.body;
  cast.observed.saw("a read", task);
  // A completed task is read from its row.
  if (isErased && !(cast.hasTroubledD1 && task.status === "completed"))
    cast.history.blame("kept", `${taskId} was erased, and a read shows ${JSON.stringify(task)}`);
  return task;
}

/** All tasks as their owner lists them, in pages; null where there is no clear answer. */
export async function list(cast: Cast, limit: number): Promise<any[] | null> {
  const erased = erasedIn(cast, "rows");
  const listed: any[] = [];
  for (let cursor = ""; ; ) {
    const answer = await cast.ask(`/tasks?limit=${limit}${cursor}`);
    if (answer.status !== 200) return null;
    for (const task of answer.body.tasks) {
      cast.observed.saw("a list", task);
      if (erased.has(task.taskId)) cast.history.blame("kept", `${task.taskId} was erased, and is listed`);
      listed.push(task);
    }
    if (answer.body.nextCursor === null) return listed;
    cursor = `&cursor=${answer.body.nextCursor}`;
  }
}

/** Read-your-writes: what was acknowledged is visible at once, whatever fault is active. */
export async function readBack(cast: Cast, wish: Wish): Promise<void> {
  const { history, observed } = cast;
  const isPromised = wish.isAcknowledged;
  if (!wish.told) return;
  const least = observed.newest(wish.told);
  const task = await read(cast, wish.told);
  if (!task) return;
  if (task.version < least)
    history.blame("regression", `${wish.told} was read at version ${task.version} after version ${least}`);
  if (isPromised && task.status !== wish.task?.status)
    history.blame("lost", `the event of slot ${wish.slot} was acknowledged, and a read shows ${JSON.stringify(task)}`);
}
