/**
 * Erasing: what a user asked for, what was promised, and therefore what has to be gone.
 *
 * Judges by the answers alone. A request without a clear answer may or may not have been carried out,
 * and is repeated at the end of the run.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Cast } from "./cast.ts";
import { count } from "./history.ts";
import type { Order, Wish } from "./truth.ts";
import type { Viewer } from "./watchers.ts";

/** A request to erase everything of the user, made between these times on the Worker's clock. */
export interface Erasure {
  from: number;
  to: number;
  /** It was answered 202. */
  isPromised: boolean;
  /** Orders that were made before it was asked for. Later ones are no part of it, whatever a wrong clock says. */
  orders: number;
}

/** What has to become of a task. `either`: the answer was not clear, or the task was being started at that moment. */
export type Fate = "stays" | "goes" | "either";

/** How much later than the answer a frame sent before it may arrive, in real time. */
const FRAMES_MS = 2000;
/** More than the clocks of two processes differ: this is a few real milliseconds. */
const SLACK_MS = 100;

export function fateOf({ erasures, orders }: Cast, wish: Wish): Fate {
  if (wish.isUnwanted) return "goes";
  const wasThere = (erasure: Erasure) => orders.indexOf(wish.order) < erasure.orders;
  if (erasures.some((erasure) => erasure.isPromised && wish.born.to < erasure.from && wasThere(erasure))) return "goes";
  return erasures.some(({ to }) => wish.born.from <= to) ? "either" : "stays";
}

/** Whether its idempotency key may be free again, so that the same request is a new start. */
export const mayBeForgotten = (cast: Cast, { wishes }: Order) => wishes.some((wish) => fateOf(cast, wish) !== "stays");

/** Tasks that must not be shown any more, by their rooms or from their rows. */
export function erasedIn({ wishes, hasTroubledD1 }: Cast, by: "rooms" | "rows"): Set<string> {
  // A late write to D1 can bring rows back, until they are deleted a second time.
  const isOver = ({ promisedAt, isGone }: Wish) => (by === "rooms" ? promisedAt !== null : isGone && !hasTroubledD1);
  return new Set([...wishes.values()].filter(isOver).flatMap(({ told }) => told ?? []));
}

/** The owner erases a task whose id is known, unless its start is being repeated just now. */
export async function eraseTask(cast: Cast, wish: Wish): Promise<void> {
  const { history } = cast;
  const { told } = wish;
  if (told === null || wish.order.underWay.size > 0) return;
  wish.isUnwanted = true;
  const watchers = cast.viewers.filter(({ sight, id, isOpen }) => sight === "task" && id === told && isOpen);
  const connections = watchers.map((viewer) => [viewer, viewer.connection] as const);
  const { status, text } = await cast.ask(`/tasks/${told}`, { method: "DELETE" });
  count(history.erased, String(status));
  history.note(`  erasing slot ${wish.slot}: ${status}`);
  if (![204, 202, 404, 503, 0].includes(status))
    history.blame("kept", `erasing slot ${wish.slot} was answered ${status} ${text}`);
  if (status !== 204 && status !== 202) return;
  wish.promisedAt ??= cast.world.now();
  wish.isGone ||= status === 204;
  await Promise.all(connections.map((connection) => isTold(cast, told, connection)));
}

/** A watcher who stays connected is told. */
async function isTold({ history }: Cast, taskId: string, [viewer, before]: readonly [Viewer, object]): Promise<void> {
  const waits = () => viewer.isOpen && viewer.connection === before && !viewer.connection.ended.has(taskId);
  for (const end = Date.now() + FRAMES_MS; waits() && Date.now() < end; ) await delay(2);
  if (waits()) history.blame("kept", `a connected watcher of ${taskId} was not told that it was erased`);
}

/** The user erases everything. */
export async function eraseUser(cast: Cast): Promise<void> {
  const { history } = cast;
  // Recorded before it is sent: from now on, keys may be forgotten.
  const from = cast.workerNow - SLACK_MS;
  const erasure: Erasure = { from, to: Infinity, isPromised: false, orders: cast.orders.length };
  cast.erasures.push(erasure);
  const { status, text } = await cast.ask("/users/me", { method: "DELETE" });
  history.note(`  erasing everything: ${status}`);
  erasure.to = cast.workerNow + SLACK_MS;
  erasure.isPromised = status === 202;
  if (![202, 503, 0].includes(status)) history.blame("kept", `erasing everything was answered ${status} ${text}`);
}

/** Repeats requests that had no clear answer. */
export async function insist(cast: Cast): Promise<void> {
  // An earlier request, made while the Worker's clock was ahead, may have been accepted and cover more: that stays
  // unclear.
  const last = cast.erasures.at(-1);
  if (last && !last.isPromised) await eraseUser(cast);
  const open = [...cast.wishes.values()].filter(({ isUnwanted, promisedAt }) => isUnwanted && promisedAt === null);
  await Promise.all(open.map((wish) => eraseTask(cast, wish)));
}

/** The provider repeats the webhooks of erased tasks, which must be acknowledged. */
export async function tellOfErased(cast: Cast): Promise<void> {
  const erased = [...cast.wishes.values()].filter((wish) => wish.hasEnded && fateOf(cast, wish) !== "stays");
  await Promise.all(
    erased.map(async (wish) => {
      if (wish.isDropped) return;
      const statuses = await cast.deliver(wish);
      if (!statuses.every((status) => status !== null && status < 300))
        cast.history.blame("kept", `a late webhook of slot ${wish.slot} was answered ${statuses.join(" ")}`);
    }),
  );
}
