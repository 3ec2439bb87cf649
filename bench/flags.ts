/** Whole-number flags of the command line; anything else ends the process with an error message. */

import { parseArgs } from "node:util";

export function readFlags<Name extends string>(defaults: Record<Name, number>): Record<Name, number> {
  try {
    const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" as const }]));
    const { values } = parseArgs({ options });
    const read = Object.entries<number>(defaults).map(([name, usual]) => {
      const value = Number(values[name] ?? usual);
      if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1 up.`);
      return [name, value];
    });
    return Object.fromEntries(read);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}
