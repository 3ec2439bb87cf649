/**
 * Whether everything agrees with the provider's word: the rows in D1, what the owner reads, what
 * every watcher was shown last, and what was paid for.
 */

import { setTimeout as delay } from "node:timers/promises";
import { canonical } from "./canonical.ts";
import type { Cast } from "./cast.ts";
import type { Fault, Problem } from "./history.ts";
import { isRepeatable } from "./play.ts";
import { type Ending, endingOf, type Wish } from "./truth.ts";
import type { Viewer } from "./watchers.ts";

type Row = Record<string, any>;

/** Frames that are on their way may take this long on a busy machine. */
const FRAMES_MS = 2000;

export async function check(cast: Cast): Promise<Problem[]> {
  const problems: Problem[] = [];
  const blame = (fault: Fault, text: string) => problems.push({ fault, text });
  const { tasks, images } = await cast.world.tell({ rows: cast.user });
  if (tasks.length > cast.wishes.size) blame("doubled", `${tasks.length} rows for ${cast.wishes.size} wishes`);

  for (const row of tasks.filter(({ mynth_task_id: id }) => !cast.rooms.includes(id))) {
    if (row.mynth_task_id !== null || row.status === "completed") blame("lost", `a row that no provider task stands behind: ${JSON.stringify(row)}`);
  }
  const shown = new Map<string, Row>();
  for (const wish of cast.wishes.values()) {
    const { task } = wish;
    if (!task) {
      if (wish.told) blame("lost", `slot ${wish.slot} was said to be ${wish.told}, which the provider does not know`);
      continue;
    }
    const wanted = JSON.stringify(endingOf(task, wish.count, cast.world.emulator.url));
    const rows = tasks.filter(({ mynth_task_id: id }) => id === task.id);
    const [row] = rows;
    if (rows.length !== 1 || !row) {
      blame("lost", `slot ${wish.slot} (${task.id}) has ${rows.length} rows`);
      continue;
    }
    const stored = JSON.stringify(inRows(row, images));
    if (stored !== wanted) blame("lost", `D1 has slot ${wish.slot} as\n    ${stored}, and the provider as\n    ${wanted}`);
    const read = await cast.read(task.id);
    const told = JSON.stringify(read && inAnswer(read));
    if (told !== wanted) blame("lost", `the API shows slot ${wish.slot} as\n    ${told}, and the provider has it as\n    ${wanted}`);
    if (read && read.version !== row.version) blame("lost", `D1 has version ${row.version} of slot ${wish.slot}, and the API ${read.version}`);
    if (read) shown.set(task.id, read);
  }
  // What is still on its way to the sockets is looked for once the rest agrees.
  if (problems.length === 0) {
    for (const text of (await Promise.all(cast.viewers.map((viewer) => missedBy(viewer, shown)))).flat()) blame("lost", text);
  }
  if (problems.length === 0) {
    for (const text of (await Promise.all([...cast.wishes.values()].map((wish) => repeated(cast, wish)))).flat()) blame("doubled", text);
  }
  return problems;
}

function inRows(row: Row, images: Row[]): Ending {
  const own = images.filter(({ task_id: id }) => id === row.id).sort((a, b) => a.position - b.position);
  return {
    status: row.status,
    images: own.map(({ status, image_id: imageId, url }) => ({ status, imageId, url })),
  };
}

function inAnswer(task: Row): Ending {
  const images = task.images.map(({ status, imageId, url }: Row) => ({ status, imageId, url }));
  return { status: task.status, images };
}

/** Whoever is connected was shown everything; whoever is not, is when he comes back. */
async function missedBy(viewer: Viewer, shown: Map<string, Row>): Promise<string[]> {
  const wasOpen = viewer.isOpen;
  if (!(await viewer.open(viewer.seen.size % 2 === 0))) return [`a watcher of ${viewer.taskId ?? "the feed"} cannot connect`];
  const wanted = [...shown].filter(([taskId]) => viewer.taskId === null || viewer.taskId === taskId);
  const missing = () =>
    wanted.filter(([taskId, task]) => canonical(viewer.seen.get(taskId)) !== canonical(task)).map(([taskId]) => taskId);
  for (const end = Date.now() + FRAMES_MS; missing().length > 0 && Date.now() < end; ) await delay(3);
  return missing().map((taskId) => {
    const last = canonical(viewer.seen.get(taskId));
    const who = `${wasOpen ? "connected" : "returning"} watcher of ${viewer.taskId ?? "the feed"}`;
    return `a ${who} last saw of ${taskId}\n    ${last}, and the API shows\n    ${canonical(shown.get(taskId))}`;
  });
}

/** The same wish under the same key is the same task still. */
async function repeated(cast: Cast, wish: Wish): Promise<string[]> {
  if (!wish.task || !isRepeatable(cast, wish)) return [];
  const answer = await cast.send(wish);
  if (answer.status === 201 && answer.body.taskId === wish.task.id) return [];
  return [`slot ${wish.slot}, repeated under its key, was answered ${answer.status} ${answer.text}`];
}
