/**
 * The ratios to the baseline below which a build has become slower, whatever the machine is.
 *
 * A goal says what a row should reach; its guard only says what it has reached before, less what two runs on an
 * idle machine differ by. Raise it when a row has become faster.
 */

import { compared, type Result } from "./table.ts";

const LEAST: Readonly<Record<string, number>> = {
  "generate-4": 0.28,
  webhook: 1.4,
  again: 0.95,
  read: 0.75,
  "task-cpu": 0.55,
  "webhook-64": 1.3,
  forged: 0.75,
  healthz: 0.75,
  connect: 2.5,
  frame: 0.85,
  "crowd-1000": 0.75,
  "crowd-5000": 0.6,
  fresh: 0.45,
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
