/**
 * The user's book against the provider's own: what is spent, reserved and under way, to the last digit.
 *
 * Where nobody can know the provider's side of a start (it carries no rows, or its rows were erased before it could be
 * searched for), or nobody hears of it any more (it was erased, and its webhook dropped), the book may also say what was
 * reserved. It says less than the provider only of what was erased after a start without an answer, by a clock that is off by
 * more than the search for such starts allows.
 */

import { estimatedCost, type Kind, PRICES } from "../emulator/mynth/kinds.ts";
import { totalCost } from "../emulator/mynth/results.ts";
import type { Cast } from "./cast.ts";
import { fateOf } from "./erase.ts";
import type { Wish } from "./truth.ts";
import type { Row } from "./views.ts";

const DAY_MS = 86_400_000;
const WINDOW_DAYS = 30;
/** How wrong the Worker's clock may be. */
const SKEW_MS = 20 * 60_000;
/** A lost start is searched for among what the provider has made so long before and after it, by its clock. */
const SEARCHED_MS = 120_000;

/** The settings: nobody is refused, and everything is counted. What pictures cost, the provider is asked. */
export const MONEY = {
  LIMITS: JSON.stringify({
    default: {
      starts: { limit: 1_000_000, per: "30d" },
      running: 1000,
      budget: { amount: "1000000", per: `${WINDOW_DAYS}d` },
    },
    all: { budget: { amount: "1000000000", per: `${WINDOW_DAYS}d` } },
  }),
  PRICES: JSON.stringify(Object.fromEntries(Object.entries(PRICES).map(([kind, price]) => [kind, String(price)]))),
};

/** Millionths: every price here is a whole number of them. */
const units = (amount: number | string) => Math.round(Number(amount) * 1e6);

/** What a start may come to in the book: settled, or still reserved. */
interface Entry {
  spent: number;
  reserved: number;
}

const reservedFor = (kind: Kind, count: number) => units(estimatedCost(kind, count));

/** What the book may say of a wish: one thing, where the provider's book decides it. */
function entriesOf(cast: Cast, wish: Wish, rows: Row[]): Entry[] {
  const { task, kind, count } = wish;
  const reserved = reservedFor(kind, count);
  const nothing = { spent: 0, reserved: 0 };
  const asReserved = { spent: reserved, reserved: 0 };
  const underWay = { spent: 0, reserved };
  const isErased = fateOf(cast, wish) !== "stays";
  if (!task) {
    // Without rows it is not known that the provider does not have it.
    const isUnknown = wish.mayBeNobodys || (isErased && wish.told === null);
    return isUnknown ? [nothing, asReserved, underWay] : [nothing];
  }
  const billed = task.status === "completed" ? { spent: units(totalCost(task)), reserved: 0 } : nothing;
  const own = task.status === "pending" ? underWay : billed;
  const isKnown = rows.some(({ mynth_task_id: id }) => id === task.id);
  if (wish.mayBeNobodys && !isKnown) return [own, asReserved, underWay];
  if (!isErased) return [own];
  // With a clock that is further off than that it is not found, and what was erased cannot be found by its webhook.
  const { from, to } = wish.born;
  const isMisled = wish.told === null && (task.createdAt < from - SEARCHED_MS || task.createdAt > to + SEARCHED_MS);
  return [own, asReserved, underWay, ...(isMisled ? [nothing] : [])];
}

/** What of the book is wrong. */
export async function moneyProblems(cast: Cast, rows: Row[]): Promise<string[]> {
  const { status, body, text } = await cast.ask("/usage");
  if (status !== 200) return [`the usage was answered ${status} ${text}`];
  if (body.budget === null) return [];
  const since = Date.parse(body.budget.resetsAt) - WINDOW_DAYS * DAY_MS;
  // A start is of the window that it was entered in: a run across two of them says nothing.
  if (cast.orders.some(({ sentAt }) => sentAt - SKEW_MS < since)) return [];
  let sums = new Set(["0 0"]);
  let certain = 0;
  let open = 0;
  for (const wish of cast.wishes.values()) {
    const entries = entriesOf(cast, wish, rows);
    if (entries.length > 1) open += 1;
    else if ((entries[0] as Entry).reserved > 0) certain += 1;
    sums = new Set(
      [...sums].flatMap((sum) => {
        const [spent = 0, reserved = 0] = sum.split(" ").map(Number);
        return entries.map((entry) => `${spent + entry.spent} ${reserved + entry.reserved}`);
      }),
    );
  }
  const problems: string[] = [];
  const found = `${units(body.budget.spent)} ${units(body.budget.reserved)}`;
  if (!sums.has(found)) {
    const wanted = [...sums].slice(0, 4).join(" or ");
    problems.push(`the book has ${found} millionths spent and reserved, and the provider ${wanted}`);
  }
  const { now } = body.running;
  if (now < certain || now > certain + open)
    problems.push(
      `the book has ${now} under way, and the provider ${certain}${open > 0 ? ` to ${certain + open}` : ""}`,
    );
  return problems;
}
