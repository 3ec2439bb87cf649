/** Follows what is new, by polling: each once and in order, from where the last run has come to. */

import { TaskwireError } from "../../client/src/error.ts";
import { whyNoAnswer } from "./errors.ts";
import { pause } from "./io.ts";
import { type Position, START } from "./state.ts";

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface Source<T> {
  /** Oldest first. */
  page(position: Pick<Position, "cursor" | "since">, limit: number): Promise<Page<T>>;
  idOf(item: T): string;
  /** The position after everything that there is now. */
  end(): Promise<Position>;
  /** Whether it was there before that position was taken. */
  isKnown?(item: T, position: Position): boolean;
}

export interface Following<T> {
  source: Source<T>;
  position: Position;
  save(position: Position): void;
  /** Done with one when it resolves. False: it was stopped before. */
  handle(item: T): Promise<boolean>;
  say(text: string): void;
  signal: AbortSignal;
  intervalMs: number;
}

const PAGE = 100;
const FIRST_PAUSE_MS = 1000;
const LAST_PAUSE_MS = 30_000;

/** Doubles with each attempt, up to half a minute. */
export const pauseAfter = (attempts: number): number => Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));

/** Whether the same call may have another answer later. */
const mayPass = (error: unknown) =>
  error instanceof TaskwireError && (error.status === 0 || error.status === 429 || error.status >= 500);

/** Repeats a call until it has an answer. Undefined: it was stopped before. */
export async function insist<T>(
  call: () => Promise<T>,
  { signal, say }: Pick<Following<unknown>, "signal" | "say">,
): Promise<T | undefined> {
  for (let attempts = 1; !signal.aborted; attempts++) {
    try {
      const answer = await call();
      if (attempts > 1) say("The deployment answers again.");
      return answer;
    } catch (error) {
      if (signal.aborted) break;
      if (!mayPass(error)) throw error;
      const { status, message } = error as TaskwireError;
      const why = status === 0 ? `cannot be reached (${whyNoAnswer(error)}).` : `has refused: ${message}`;
      if (attempts === 1) say(`The deployment ${why} Trying again until it answers.`);
      await pause(pauseAfter(attempts), signal);
    }
  }
  return undefined;
}

/** The position after the newest, for what has no order but that of the pages. */
export async function atEnd<T>(
  { page, idOf }: Pick<Source<T>, "page" | "idOf">,
  newest: T | undefined,
): Promise<Position> {
  let position: Position = START;
  while (newest !== undefined) {
    const { items, nextCursor } = await page(position, PAGE);
    const ids = items.map(idOf);
    const at = ids.indexOf(idOf(newest));
    if (at >= 0) return { ...position, done: ids.slice(0, at + 1) };
    // A page may be short, or empty, and not be the last: rows that a filter leaves out count as well.
    if (nextCursor === null || nextCursor === position.cursor) break;
    position = { ...position, cursor: nextCursor };
  }
  return position;
}

/** Goes on until it is stopped. Throws what no repetition can change. */
export async function follow<T>({
  source,
  save,
  handle,
  say,
  signal,
  intervalMs,
  ...from
}: Following<T>): Promise<void> {
  let { position } = from;
  while (!signal.aborted) {
    const page = await insist(() => source.page(position, PAGE), { signal, say });
    if (!page) return;
    for (const item of page.items) {
      const id = source.idOf(item);
      if (position.done.includes(id) || source.isKnown?.(item, position)) continue;
      if (signal.aborted || !(await handle(item))) return;
      position = { ...position, done: [...position.done, id] };
      save(position);
    }
    if (page.nextCursor === null || page.nextCursor === position.cursor) {
      await pause(intervalMs, signal);
      continue;
    }
    position = { ...position, cursor: page.nextCursor, done: [] };
    save(position);
  }
}
