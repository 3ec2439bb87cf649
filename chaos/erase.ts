/**
 * Erasing: what a user asks for, what was promised, and so what has to be gone.
 *
 * Goes by the answers alone. A request without a clear answer may have been done or not, and is repeated
 * at the end of the run.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Cast } from "./cast.ts";
import { count } from "./history.ts";
import type { Order, Wish } from "./truth.ts";
import type { Viewer } from "./watchers.ts";

/** A user's wish that everything goes, made between these times by the Worker's clock. */
export interface Erasure {
  from: number;
  to: number;
  /** It has had its 202. */
  isPromised: boolean;
}

/** What has to become of a task: its erasing may not be clear, or be asked for in the moment of its start. */
export type Fate = "stays" | "goes" | "either";

/** A frame that was sent before an answer is not much later than that, in real time. */
const FRAMES_MS = 2000;
/** Clocks of two processes are as good as equal: this is a few real milliseconds. */
const SLACK_MS = 100;

export function fateOf({ erasures }: Cast, wish: Wish): Fate {
  if (wish.isUnwanted) return "goes";
  if (erasures.some(({ from, isPromised }) => isPromised && wish.born.to < from)) return "goes";
  return erasures.some(({ to }) => wish.born.from <= to) ? "either" : "stays";
}

/** Whether its idempotency key may be free again: the same request is then another start. */
export const mayBeForgotten = (cast: Cast, { wishes }: Order) => wishes.some((wish) => fateOf(cast, wish) !== "stays");

/** Tasks that nobody who asks now is to be shown, by their rooms or by their rows. */
export function erasedIn({ wishes, hasTroubledD1 }: Cast, by: "rooms" | "rows"): Set<string> {
  // A write to D1 that is late can bring rows back, until they are deleted once more.
  const isOver = ({ promisedAt, isGone }: Wish) => (by === "rooms" ? promisedAt !== null : isGone && !hasTroubledD1);
  return new Set([...wishes.values()].filter(isOver).flatMap(({ told }) => told ?? []));
}

/** The owner erases a task that the Worker has told of, unless its start is being repeated just now. */
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

/** A watcher who was connected all the time is told, and before that is hung up on. */
async function isTold({ history }: Cast, taskId: string, [viewer, before]: readonly [Viewer, object]): Promise<void> {
  const waits = () => viewer.isOpen && viewer.connection === before && !viewer.connection.ended.has(taskId);
  for (const end = Date.now() + FRAMES_MS; waits() && Date.now() < end; ) await delay(2);
  if (waits()) history.blame("kept", `a connected watcher of ${taskId} was not told that it was erased`);
}

/** The user erases everything. */
export async function eraseUser(cast: Cast): Promise<void> {
  const { history } = cast;
  // Known before it is sent: what is started under a key may be forgotten from now on.
  const erasure: Erasure = { from: cast.workerNow - SLACK_MS, to: Infinity, isPromised: false };
  cast.erasures.push(erasure);
  const { status, text } = await cast.ask("/users/me", { method: "DELETE" });
  history.note(`  erasing everything: ${status}`);
  erasure.to = cast.workerNow + SLACK_MS;
  erasure.isPromised = status === 202;
  if (![202, 503, 0].includes(status)) history.blame("kept", `erasing everything was answered ${status} ${text}`);
}

/** Repeats what had no clear answer. */
export async function insist(cast: Cast): Promise<void> {
  // One that was asked for by a clock ahead of this one may have been heard, and be for more: that stays unclear.
  const last = cast.erasures.at(-1);
  if (last && !last.isPromised) await eraseUser(cast);
  const open = [...cast.wishes.values()].filter(({ isUnwanted, promisedAt }) => isUnwanted && promisedAt === null);
  await Promise.all(open.map((wish) => eraseTask(cast, wish)));
}

/** The provider sends what it has sent before, to whom it was erased: that is acknowledged. */
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
