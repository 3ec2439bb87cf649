/** `stats`: figures of a time, and what an operator should look at. */

import type { Command } from "commander";
import type { Stats } from "../admin_types.ts";
import { judged, table } from "../format.ts";
import { type Colors, plain } from "../output.ts";
import type { Registry } from "../program.ts";
import { lasting, timeIn } from "../times.ts";

function counts(title: string, all: Record<string, number>, colors: Colors): string[] {
  const some = Object.entries(all).filter(([, count]) => count > 0);
  if (some.length === 0) return [];
  const most = some.toSorted(([, a], [, b]) => b - a);
  return [
    `${colors.dim(title.padEnd(10))}  ${most.map(([name, count]) => `${judged(plain(name), colors)} ${count}`).join(", ")}`,
  ];
}

function linesOf(stats: Stats, colors: Colors): string[] {
  const { since, until, isPartial, pending, stages, destinations, problems } = stats;
  const away = destinations.filter(({ isOff, failingSince }) => isOff || failingSince !== null);
  return [
    `${since} to ${until}${isPartial ? ": the newest deliveries only" : ""}`,
    ...counts("deliveries", stats.verdicts, colors),
    ...counts("providers", stats.providers, colors),
    ...counts("tasks", { ...stats.statuses, pending: pending.count }, colors),
    ...(pending.oldestAt === null ? [] : [`${colors.dim("oldest".padEnd(10))}  pending since ${pending.oldestAt}`]),
    ...counts("kinds", stats.kinds, colors),
    ...counts("events", { ...stats.events }, colors),
    "",
    ...table(
      ["stage", "count", "p50", "p99"],
      Object.entries(stages).map(([name, { count, p50, p99 }]) => [name, String(count), lasting(p50), lasting(p99)]),
      colors,
    ),
    ...(away.length > 0 ? [""] : []),
    ...away.map(({ destination, isOff, failingSince }) =>
      colors.red(plain(`${destination} ${isOff ? "is off" : `has failed since ${failingSince}`}`)),
    ),
    ...(problems.length > 0 ? [""] : []),
    ...problems.map(({ what, detail }) => `${colors.yellow(plain(what))}  ${plain(detail)}`),
  ];
}

export function statsCommand(root: Command, { add, does }: Registry): void {
  const stats = add(root, "stats", "figures, and what needs a look").option(
    "--since <time>",
    "since then: 2h, or an ISO time (24h)",
  );
  does<{ since?: string }>(stats, async (context, { since }) => {
    const figures = await context.admin().stats(since && timeIn(since, "--since"));
    context.output.result(figures, () => linesOf(figures, context.output.colors));
  });
}
