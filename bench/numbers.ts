/** Percentiles, and how a measurement is printed. */

/** Nearest rank in sorted values. */
function ranked(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  return ranked(
    values.toSorted((a, b) => a - b),
    share,
  );
}

/** For an even count, halfway between the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** A line with `name` and the percentiles of `values`, which are milliseconds. */
export function line(name: string, values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const shown = [
    ["median", 0.5],
    ["p90", 0.9],
    ["p99", 0.99],
    ["max", 1],
  ] as const;
  return (
    name.padEnd(20) +
    shown.map(([label, share]) => `${label} ${ranked(sorted, share).toFixed(2)} ms`.padEnd(20)).join("")
  );
}
