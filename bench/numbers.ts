/** How a measurement is printed. */

/** Nearest rank. */
function percentile(sorted: number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** `name`, and the percentiles of so many milliseconds. */
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
    shown.map(([label, share]) => `${label} ${percentile(sorted, share).toFixed(2)} ms`.padEnd(20)).join("")
  );
}
