/** Seeded random choices: the same seed gives the same choices, on every machine. */

import { createHash } from "node:crypto";

export class Random {
  #state: number;

  /** `parts` are joined: for a run, the campaign's seed and the run's number. */
  constructor(...parts: (string | number)[]) {
    this.#state = createHash("sha256").update(parts.join(":")).digest().readUInt32BE(0);
  }

  /** 0 up to 1 (mulberry32: 32 bits of state are plenty for a few hundred choices). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const [first] = from;
    if (first === undefined) throw new Error("nothing to pick from");
    return from[Math.floor(this.next() * from.length)] ?? first;
  }

  /** One of the names, chosen by weight. */
  weighted<Name extends string>(weights: Record<Name, number>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    return this.pick(entries)[0];
  }

  shuffled<T>(items: readonly T[]): T[] {
    const all = items.map((item) => ({ item, at: this.next() }));
    return all.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }
}
