/** The figures of a run: the medians of its rounds, as a table and as JSON. */

import type { Measure, Row, WorkerName } from "./harness/scenario.ts";
import { median } from "./numbers.ts";

const BY_MORE: keyof Measure = "perSecond";

const SHOWN: Record<keyof Measure, (value: number) => string> = {
  perSecond: (value) => `${value.toFixed(0)}/s`,
  p50: (value) => `p50 ${ms(value)}`,
  p99: (value) => `p99 ${ms(value)}`,
  ms: (value) => ms(value),
  cpuMs: (value) => `CPU ${ms(value)}`,
  mb: (value) => `${value.toFixed(0)} MB`,
  kb: (value) => `${value.toFixed(1)} KB each`,
};

function ms(value: number): string {
  return `${value.toFixed(value < 1 ? 2 : value < 100 ? 1 : 0)} ms`;
}

/** A row with the measurements of each Worker in each round. */
export interface Result {
  row: Row;
  rounds: Partial<Record<WorkerName, Measure[]>>;
}

export function medians(measures: readonly Measure[]): Measure {
  const names = Object.keys(SHOWN) as (keyof Measure)[];
  const known = names.map((name) => [name, measures.flatMap((each) => each[name] ?? [])] as const);
  return Object.fromEntries(
    known.filter(([, values]) => values.length > 0).map(([name, values]) => [name, median(values)]),
  );
}

/** Above 1, the first is better. */
export function ratio(by: keyof Measure, first: Measure, second: Measure): number {
  const [a, b] = [first[by] ?? Number.NaN, second[by] ?? Number.NaN];
  return by === BY_MORE ? a / b : b / a;
}

function cell(row: Row, measures: readonly Measure[] | undefined): string {
  if (!measures || measures.length === 0) return "–";
  const all = medians(measures);
  const rest = (Object.keys(all) as (keyof Measure)[]).filter((name) => name !== row.by);
  return [row.by, ...rest].map((name) => SHOWN[name](all[name] ?? Number.NaN)).join(", ");
}

export function compared({ row, rounds: { ours = [], baseline = [] } }: Result): number | null {
  const value = ratio(row.by, medians(ours), medians(baseline));
  return Number.isFinite(value) ? value : null;
}

/** A table in Markdown, its columns padded. */
export function tableOf(results: readonly Result[], workers: readonly WorkerName[]): string {
  const head = ["row", "what", ...workers, "ratio", "goal"];
  const lines = results.map((result) => {
    const { row, rounds } = result;
    const goal = row.goal === undefined ? "" : `≥ ${row.goal.toFixed(2)}`;
    const value = compared(result)?.toFixed(2) ?? "";
    return [row.name, row.title, ...workers.map((name) => cell(row, rounds[name])), value, goal];
  });
  const widths = head.map((title, column) =>
    Math.max(...[head, ...lines].map((line) => (line[column] ?? title).length)),
  );
  const text = (line: string[]) => `| ${line.map((each, column) => each.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [text(head), text(widths.map((width) => "-".repeat(width))), ...lines.map(text)].join("\n");
}

export function jsonOf(results: readonly Result[]): object[] {
  return results.map((result) => {
    const { row, rounds } = result;
    const workers = Object.entries(rounds).map(([name, all]) => [name, { median: medians(all), rounds: all }]);
    return { ...row, ratio: compared(result), workers: Object.fromEntries(workers) };
  });
}
