/** Counts of what happened, and the violations. */

/** How many of a kind are printed in full. The others are counted. */
const TOLD = 5;

export class Book {
  readonly counts = new Map<string, number>();
  /** By kind: each is a violation. */
  readonly violations = new Map<string, { count: number; told: string[] }>();

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  blame(kind: string, text: string): void {
    const violation = this.violations.get(kind) ?? { count: 0, told: [] };
    violation.count += 1;
    if (violation.told.length < TOLD) violation.told.push(text);
    this.violations.set(kind, violation);
  }

  get violated(): number {
    return [...this.violations.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** The kinds of violations, each with its count. */
  get kinds(): string {
    return [...this.violations].map(([kind, { count }]) => `${kind} ${count}`).join(", ") || "none";
  }

  /** The counts whose names begin with `prefix`, which is left out. */
  under(prefix: string): string {
    const found = [...this.counts].filter(([name]) => name.startsWith(prefix)).sort();
    return found.map(([name, count]) => `${name.slice(prefix.length)} ${count}`).join(", ") || "none";
  }
}
