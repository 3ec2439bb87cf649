/**
 * The ratios to the baseline below which a build has become slower, whatever the machine is.
 *
 * A goal says what a row should reach; its guard only says what it has reached before, less what two runs on an
 * idle machine differ by, with the state in memory. Raise it when a row has become faster.
 */

import { compared, type Result } from "./table.ts";

const LEAST: Readonly<Record<string, number>> = {
  "generate-4": 0.42,
  webhook: 0.75,
  again: 1.1,
  read: 0.75,
  "task-cpu": 0.55,
  "webhook-64": 0.7,
  forged: 0.75,
  healthz: 0.8,
  connect: 1.45,
  frame: 0.85,
  "crowd-1000": 0.75,
  "crowd-5000": 0.9,
  fresh: 0.55,
};

/** One line for each row that is below its guard. */
export function fallen(results: readonly Result[]): string[] {
  return results.flatMap((result) => {
    const { name } = result.row;
    const [least, ratio] = [LEAST[name], compared(result)];
    if (least === undefined || ratio === null || ratio >= least) return [];
    return [`${name}: ${ratio.toFixed(2)}, and was never below ${least.toFixed(2)}`];
  });
}
