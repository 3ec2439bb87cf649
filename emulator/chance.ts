/** Chance that is the same each time: what is made up of a text does not change. */

import { createHash } from "node:crypto";

/** 0 to 1, the same for the same text. */
export function chanceOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/** The amount, up to a tenth more or less: `chance` 0 takes a tenth off, 1 adds one. */
export function spread(amount: number, chance: number): number {
  return amount * (0.9 + 0.2 * chance);
}
