/** `replay`: sends deliveries through the same door again. */

import type { Command } from "commander";
import type { Replayed } from "../admin_types.ts";
import { usage } from "../errors.ts";
import { judged } from "../format.ts";
import type { Registry } from "../program.ts";
import { timeIn } from "../times.ts";

interface Options {
  since?: string;
  until?: string;
  verdict?: string;
  yes?: boolean;
}

type Sum = Omit<Replayed, "nextCursor">;

function plus(sum: Sum, more: Sum): Sum {
  const verdicts: Record<string, number> = { ...sum.verdicts };
  for (const [verdict, count] of Object.entries(more.verdicts)) verdicts[verdict] = (verdicts[verdict] ?? 0) + count;
  return { replayed: sum.replayed + more.replayed, skipped: sum.skipped + more.skipped, verdicts };
}

export function replayCommand(root: Command, { add, does }: Registry): void {
  const replay = add(
    root,
    "replay [id]",
    "takes a delivery again, or all of a time: one that was applied changes nothing",
  )
    .option("--since <time>", "those since then: 2h, or an ISO time")
    .option("--until <time>", "those before then (now)")
    .option("--verdict <words>", "only those with this verdict, or one of several")
    .option("--yes", "does not ask");
  does<Options>(replay, async (context, { since, until, verdict, yes = false }, id) => {
    const { output, base } = context;
    const admin = context.admin();
    if (id !== undefined) {
      if (since ?? until ?? verdict) throw usage("Give the id of a delivery, or --since and --until, and not both.");
      await context.confirm(`Replay delivery ${id} at ${base}?`, yes);
      const answer = await admin.replay(id);
      output.result(answer, () => [judged(answer.verdict, output.colors)]);
      return;
    }
    if (since === undefined) throw usage("Give the id of a delivery, or --since for all since then.");
    const range = { since: timeIn(since, "--since"), until: timeIn(until ?? "0s", "--until") };
    if (range.since >= range.until) throw usage("--since must be before --until.");
    const which = verdict === undefined ? "all deliveries" : `all deliveries that were ${verdict}`;
    await context.confirm(`Replay ${which} from ${range.since} to ${range.until} at ${base}?`, yes);
    let sum: Sum = { replayed: 0, skipped: 0, verdicts: {} };
    let cursor: string | undefined;
    do {
      const { nextCursor, ...more } = await admin.replayAll({ ...range, verdict, cursor });
      sum = plus(sum, more);
      cursor = nextCursor ?? undefined;
      if (cursor !== undefined) output.note(`${sum.replayed} replayed, and on`);
    } while (cursor !== undefined);
    output.result(sum, () => [
      `${sum.replayed} replayed, ${sum.skipped} skipped`,
      ...Object.entries(sum.verdicts).map(([word, count]) => `${judged(word, output.colors)}  ${count}`),
    ]);
  });
}
