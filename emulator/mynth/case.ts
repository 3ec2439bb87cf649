/** How each wire generation spells names, codes and amounts. Pure. */

import type { Json } from "../json.ts";
import type { Generation } from "./generation.ts";

/** The first two: bare replies, `succeeded`, errors in words. */
export function isEarly(generation: Generation): boolean {
  return generation === "g1" || generation === "g2";
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Names of one generation's case at the top level; what is inside a value is left alone. */
export function cased(generation: Generation, fields: Json): Json {
  const rename = generation === "g4" ? snake : camel;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [rename(name), value]));
}

export function code(generation: Generation, name: string): string {
  return generation === "g4" ? name : name.toUpperCase();
}

export function money(amount: number): string {
  return amount.toFixed(8);
}
