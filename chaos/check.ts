/**
 * Compares everything with the provider's book: the rows in D1, the objects' states, what the owner
 * reads and lists, what every watcher was shown last, and what was paid for.
 */

import { setTimeout as delay } from "node:timers/promises";
import { canonical } from "./canonical.ts";
import type { Cast } from "./cast.ts";
import { fateOf } from "./erase.ts";
import { goneKeys, keptOf, keptRows } from "./gone.ts";
import type { Fault, Problem } from "./history.ts";
import { moneyProblems } from "./money.ts";
import { isRepeatable } from "./play.ts";
import { list, read } from "./reads.ts";
import type { Told } from "./told.ts";
import { endingOf, type Order, type Wish } from "./truth.ts";
import { inAnswer, inRoom, inRows, type Row } from "./views.ts";
import type { Viewer } from "./watchers.ts";

/** How long a frame may take on a busy machine. */
const FRAMES_MS = 2000;
/** A room outlives its task by a day on the Worker's clock, which may be wrong by 20 minutes at either end. */
const ROOM_LIFE_MS = 24 * 3_600_000 - 2 * 20 * 60_000;
/** More tasks than any run has. */
const WHOLE_LIST = 100;

type Blame = (fault: Fault, text: string) => void;

/** `areCleaned`: the rooms have deleted their state by now, so only the rows are compared. */
export async function check(cast: Cast, told: Told, areCleaned = false): Promise<Problem[]> {
  const problems: Problem[] = [];
  const blame: Blame = (fault, text) => problems.push({ fault, text });
  const stored = await cast.world.tell({ rows: cast.user, open: cast.rooms });
  const { tasks, images, kept } = stored;
  const listed = (await list(cast, WHOLE_LIST)) ?? [];
  checkRows(cast, tasks, listed, blame);
  for (const text of keptRows(cast, stored)) blame("kept", text);
  for (const text of cast.content.missing(stored.content, cast.erasures.length > 0)) blame("lost", text);
  for (const text of told.premature) blame("lost", text);
  for (const rowId of cast.content.rows) for (const text of told.missingOf(rowId)) blame("lost", text);

  /** What the API shows of every task. */
  const shown = new Map<string, Row>();
  const gone = new Set<Wish>();
  await Promise.all(
    [...cast.wishes.values()].map(async (wish) => {
      const { task, slot } = wish;
      if (!task) {
        if (wish.told) blame("lost", `slot ${slot} was said to be ${wish.told}, which the provider does not know`);
        return;
      }
      const rows = tasks.filter(({ mynth_task_id: id }) => id === task.id);
      const [row] = rows;
      const fate = fateOf(cast, wish);
      // Nothing shows whether it was erased or never known: its row may exist without an id.
      if (fate === "either" && !row && wish.mayBeNobodys) return;
      if (fate === "goes" || (fate === "either" && !row)) {
        gone.add(wish);
        for (const text of await keptOf(cast, wish, task, stored)) blame("kept", text);
        if (listed.some(({ taskId }) => taskId === task.id)) blame("kept", `slot ${slot} was erased, and is listed`);
        return;
      }
      if (!row && wish.mayBeNobodys) return;
      if (rows.length !== 1 || !row) return blame("lost", `slot ${slot} (${task.id}) has ${rows.length} rows`);
      if ((row.batch_id !== null) !== wish.order.isBatch || row.batch_id !== (wish.order.batchId ?? row.batch_id)) {
        blame("lost", `slot ${slot} is of the batch ${wish.order.batchId}, and its row of ${row.batch_id}`);
      }
      const seen = await read(cast, task.id);
      const inList = listed.find(({ taskId }) => taskId === task.id);
      const room = kept[task.id] ?? null;
      const isOver = seen !== null && cast.world.now() - Date.parse(seen.updatedAt) > ROOM_LIFE_MS;
      const wanted = canonical(endingOf(task, wish.count, cast.world.emulator.url));
      const views = {
        D1: inRows(row, images),
        "the API": inAnswer(seen),
        "the list": inAnswer(inList),
        "the object": inRoom(room),
      };
      for (const [where, view] of Object.entries(views)) {
        if (where === "the object" && view === null && isOver) continue;
        if (canonical(view?.ending) !== wanted)
          blame(
            "lost",
            `${where} has slot ${slot} as\n    ${canonical(view?.ending)}, and the provider as\n    ${wanted}`,
          );
        else if (view?.version !== row.version)
          blame("lost", `D1 has version ${row.version} of slot ${slot}, and ${where} ${view?.version}`);
      }
      if (areCleaned && room !== null) blame("lost", `the room of slot ${slot} is to be cleaned, and keeps ${room}`);
      if (canonical(seen) !== canonical(inList))
        blame("lost", `a read of slot ${slot} shows\n    ${canonical(seen)}, and the list\n    ${canonical(inList)}`);
      if (seen) shown.set(task.id, seen);
      for (const text of told.missing(task.id, row)) blame("lost", text);
    }),
  );
  if (problems.length === 0) for (const text of await moneyProblems(cast, tasks)) blame("overdrawn", text);
  // Watchers are checked once the rest agrees, since frames may still be on their way.
  if (problems.length === 0) {
    for (const text of (await Promise.all(cast.viewers.map((viewer) => missedBy(cast, viewer, shown)))).flat())
      blame("lost", text);
    for (const viewer of cast.viewers) {
      if (viewer.sight === "task" && viewer.isOpen && !shown.has(viewer.id))
        blame("kept", `there is a watcher of ${viewer.name}, which was erased`);
      for (const { task, slot } of gone)
        if (task && viewer.isOpen && viewer.connection.shown.has(task.id))
          blame("kept", `a watcher of ${viewer.name} still sees slot ${slot} (${task.id}), which was erased`);
    }
    for (const text of goneKeys(cast, gone, stored)) blame("kept", text);
  }
  for (const text of told.repeated()) blame("doubled", text);
  if (problems.length === 0) {
    for (const text of (await Promise.all(cast.orders.map((order) => repeated(cast, order)))).flat())
      blame("doubled", text);
  }
  return problems;
}

/** There are no extra rows, no row is pending for ever, and the list has all rows. */
function checkRows(cast: Cast, rows: Row[], listed: Row[], blame: Blame): void {
  const alive = rows.filter(({ mynth_task_id: id, status }) => id !== null || status !== "failed");
  if (alive.length > cast.wishes.size) blame("doubled", `${alive.length} rows for ${cast.wishes.size} wishes`);
  for (const row of rows.filter(({ mynth_task_id: id }) => !cast.rooms.includes(id))) {
    if (row.mynth_task_id !== null || row.status !== "failed")
      blame("lost", `a row that no provider task stands behind: ${JSON.stringify(row)}`);
  }
  if (listed.length !== rows.length) blame("lost", `the list has ${listed.length} tasks, and D1 ${rows.length}`);
}

/** Every watcher has the newest state, after reconnecting if needed. */
async function missedBy(cast: Cast, viewer: Viewer, shown: Map<string, Row>): Promise<string[]> {
  const wasOpen = viewer.isOpen;
  const how = { knows: viewer.seen.size % 2 === 0, byTicket: cast.viewers.indexOf(viewer) % 2 === 0 };
  const ids = cast.watchedBy(viewer).flatMap(({ task }) => (task && shown.has(task.id) ? [task.id] : []));
  // Without rows there is no batch, and without a task nothing to watch.
  const isThere = viewer.sight === "feed" || ids.length > 0;
  if (!(await viewer.open(how))) return isThere ? [`a watcher of ${viewer.name} cannot connect`] : [];
  const missing = () => ids.filter((id) => canonical(viewer.seen.get(id)) !== canonical(shown.get(id)));
  for (const end = Date.now() + FRAMES_MS; missing().length > 0 && Date.now() < end; ) await delay(3);
  return missing().map((id) => {
    const who = `${wasOpen ? "connected" : "returning"} watcher of ${viewer.name}`;
    return `a ${who} last saw of ${id}\n    ${canonical(viewer.seen.get(id))}, and the API shows\n    ${canonical(shown.get(id))}`;
  });
}

/** Repeating a start under its idempotency key gives the same tasks. */
async function repeated(cast: Cast, order: Order): Promise<string[]> {
  const started = order.wishes.filter((wish): wish is Wish => wish.task !== undefined && !wish.mayBeNobodys);
  if (started.length === 0 || !isRepeatable(cast, order)) return [];
  const answer = await cast.send(order);
  const entries: Row[] = order.isBatch ? (answer.body?.tasks ?? []) : [answer.body];
  const isSame = started.every((wish) => entries[order.wishes.indexOf(wish)]?.taskId === wish.task?.id);
  if (answer.status === 201 && isSame) return [];
  return [`slot ${order.wishes[0]?.slot}, repeated under its key, was answered ${answer.status} ${answer.text}`];
}
