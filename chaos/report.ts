/** The last lines of a campaign: what was done, and what is wrong. */

import type { Summary } from "./campaign.ts";
import type { Counts, Fault, Loss } from "./history.ts";

const FAULTS: [name: string, fault: Fault][] = [
  ["lost", "lost"],
  ["doubled", "doubled"],
  ["regressions", "regression"],
  ["forged", "forged"],
  ["leaked", "leaked"],
  ["kept", "kept"],
  ["broken", "broken"],
];

/** Somebody is likely to sit and wait for a task that ends this soon. */
const SOON_MS = 60_000;

export function* report(summary: Summary): Generator<string> {
  const { seed, runs, injected, started, sent, erased, told, losses, failures, wallMs } = summary;
  yield `tasks: ${listed(started)}`;
  yield `webhooks: ${listed(sent) || "none"}`;
  yield `faults: ${listed(injected)}`;
  yield `events that came through: ${listed(told) || "none"}`;
  if (erased.size > 0) yield `answers to erasing a task: ${listed(erased)}`;
  if (losses.length > 0) yield* lost(losses);
  const problems = failures.flatMap((failure) => failure.problems);
  const counts = FAULTS.map(
    ([name, fault]) => `${name} ${problems.filter((problem) => problem.fault === fault).length}`,
  );
  const seconds = wallMs / 1000;
  yield `chaos: seed ${seed}, ${runs} runs, ${failures.length} failed, ${counts.join(", ")}, ${seconds.toFixed(1)} s (${(runs / seconds).toFixed(1)} runs/s)`;
}

function listed(counts: Counts): string {
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, times]) => `${name} ${times}`)
    .join(", ");
}

/** The effect of lost webhooks. */
function* lost(losses: Loss[]): Generator<string> {
  const soon = losses.filter(({ tookMs }) => tookMs <= SOON_MS);
  yield `lost webhooks: ${losses.length}, ${soon.length} of them of tasks that took a minute at most`;
  const unknown = (some: Loss[]) => {
    const all = some.map(({ unknownMs }) => unknownMs).sort((a, b) => a - b);
    const at = (share: number) => ((all[Math.ceil(share * all.length) - 1] ?? NaN) / 1000).toFixed(1);
    return `median ${at(0.5)} s, 99% ${at(0.99)} s, longest ${at(1)} s`;
  };
  yield `from the provider's end until the last watcher knew, in virtual time: ${unknown(losses)}`;
  if (soon.length > 0) yield `  after a minute at most: ${unknown(soon)}`;
  const looks = losses.map((loss) => loss.looks);
  const mean = looks.reduce((sum, each) => sum + each, 0) / looks.length;
  yield `provider calls (GET) for each: ${mean.toFixed(2)} on average, ${Math.max(...looks)} at most`;
}
