/** The final account: everything that was started is in its final state, or is gone. */

import { setTimeout as delay } from "node:timers/promises";
import { ask } from "./ask.ts";
import type { Book } from "./book.ts";
import { pathOf } from "./crowd.ts";
import type { Person, Work } from "./people.ts";

/** Erasing a person takes minutes. */
const PATIENCE_MS = 240_000;
const PAUSE_MS = 5_000;
const AT_A_TIME = 8;

/** What is wrong with one of them, for the report; null if nothing is. */
type Wrong = string | null;

interface Lists {
  tasks: Map<string, string>;
  content: Set<string>;
}

/** All pages of a list. */
async function all(book: Book, person: Person, name: "tasks" | "content"): Promise<any[]> {
  const found: any[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await ask(book, person, { path: `/${name}?limit=100${query}`, may: [200] });
    found.push(...(answer?.body[name] ?? []));
    cursor = answer?.body.nextCursor ?? null;
  } while (cursor !== null);
  return found;
}

async function listsOf(book: Book, person: Person): Promise<Lists> {
  const [tasks, content] = [await all(book, person, "tasks"), await all(book, person, "content")];
  return {
    tasks: new Map(tasks.map(({ taskId, status }) => [taskId, status])),
    content: new Set(content.map(({ id }) => id)),
  };
}

async function judge(book: Book, work: Work, lists: Lists): Promise<Wrong> {
  const { id, expects, fate, kind } = work;
  const answer = await ask(book, work.person, { path: pathOf(work), may: [200, 404] });
  if (!answer) return `${id} cannot be read`;
  const listed = lists.tasks.get(id);
  if (fate !== "stays") {
    if (answer.status === 200) return `${id} was erased and is still there`;
    return listed === undefined ? null : `${id} was erased and is in the list`;
  }
  const status = answer.body?.[kind]?.status;
  if (status !== expects) return `${id} is ${status ?? "not found"} and not ${expects}`;
  if (kind === "task") return listed === expects ? null : `${id} is ${listed ?? "missing"} in the list, not ${expects}`;
  const { content } = answer.body;
  if (work.isContentErased) {
    const isListed = lists.content.has(work.contentId ?? "");
    return content === null && !isListed ? null : `the row of ${id} was erased and is still there`;
  }
  if (expects === "failed") return null;
  if (!content) return `${id} is completed and has no row`;
  return lists.content.has(content.id) ? null : `${content.id} of ${id} is missing in the list`;
}

async function wrongs(book: Book, person: Person, works: readonly Work[]): Promise<Map<Work, string>> {
  const lists = await listsOf(book, person);
  const found = new Map<Work, string>();
  const left = [...works];
  const judgeOn = async () => {
    for (let work = left.pop(); work; work = left.pop()) {
      const wrong = await judge(book, work, lists);
      if (wrong !== null) found.set(work, wrong);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, judgeOn));
  return found;
}

/** Checks again what is wrong until all is well or the time is up. What is still wrong then is a violation. */
export async function account(book: Book, people: readonly Person[], sweep: () => Promise<void>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (const person of people) {
    let left: readonly Work[] = person.works.filter(({ fate }) => fate !== "maybe");
    book.count("accounted for", left.length);
    for (;;) {
      const found = await wrongs(book, person, left);
      if (found.size === 0) break;
      left = [...found.keys()];
      if (performance.now() > end) {
        for (const text of found.values()) book.blame("unaccounted", text);
        break;
      }
      await sweep();
      await delay(PAUSE_MS);
    }
    if (person.unclear > 0) continue;
    const known = new Set(person.works.map(({ id }) => id));
    for (const { taskId } of await all(book, person, "tasks"))
      if (!known.has(taskId))
        book.blame("unaccounted", `${taskId} is in the list of ${person.sub}, who never started it`);
  }
}
