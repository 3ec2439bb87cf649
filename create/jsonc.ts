/** JSON with comments, as a person would write it. */

/** A field, and what to say before it. A list of entries is an object with comments of its own. */
export interface Entry {
  key: string;
  value: unknown;
  about?: string | undefined;
}

const STEP = "  ";

function printed(value: unknown, indent: string): string {
  if (Array.isArray(value) && value.length > 0 && value.every(isEntry)) return print(value, indent);
  if (Array.isArray(value) && value.every((each) => typeof each !== "object"))
    return `[${value.map((each) => JSON.stringify(each)).join(", ")}]`;
  return JSON.stringify(value, null, 2).replace(/\n/g, `\n${indent}`);
}

const isEntry = (value: unknown): value is Entry => typeof value === "object" && value !== null && "key" in value;

/** Every field ends with a comma, so that one can be added or taken out. */
export function print(entries: readonly Entry[], indent = ""): string {
  const inner = indent + STEP;
  const lines = entries.map(({ key, value, about }) => {
    const comment = about ? `${about.replace(/^/gm, `${inner}// `)}\n` : "";
    return `${comment}${inner}${JSON.stringify(key)}: ${printed(value, inner)},\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

/** The same entries, commented out. */
export function commentedOut(entries: readonly Entry[]): string {
  const lines = print(entries).split("\n").slice(1, -1);
  return lines.map((line) => `${STEP}// ${line.slice(STEP.length)}\n`).join("");
}
