// Bytes, milliseconds, and the text of a body. Pure.

const NUMBER = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export const count = (value: number): string => NUMBER.format(value);

/** 8 ms, 1.2 s, 3.5 min, 2.1 h. */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${NUMBER.format(ms / 1000)} s`;
  if (ms < 3_600_000) return `${NUMBER.format(ms / 60_000)} min`;
  return ms < 86_400_000 * 2 ? `${NUMBER.format(ms / 3_600_000)} h` : `${NUMBER.format(ms / 86_400_000)} days`;
}

/** 512 B, 1.4 kB, 2 MB. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${NUMBER.format(bytes / 1000)} kB` : `${NUMBER.format(bytes / 1_000_000)} MB`;
}

/** A share in whole percent. It says 100 only where nothing is missing. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const share = (part / whole) * 100;
  return `${share > 99 && part < whole ? Math.min(99.9, Math.floor(share * 10) / 10) : Math.round(share)} %`;
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^\s,:[\]{}"]+/y;

/**
 * JSON with line breaks and indents. Numbers stay as they were written: a long id would lose its last digits if it were
 * parsed. Null if it is not JSON.
 */
export function pretty(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let out = "";
  let depth = 0;
  const line = (): string => `\n${"  ".repeat(depth)}`;
  for (let at = 0; at < text.length; ) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    const pattern = char === '"' ? STRING : SCALAR;
    pattern.lastIndex = at;
    const token = "{}[],:".includes(char) ? char : (pattern.exec(text)?.[0] ?? char);
    at += token.length;
    if (token === "{" || token === "[") {
      depth += 1;
      const isEmpty = /^\s*[\]}]/.test(text.slice(at, at + 200));
      out += isEmpty ? token : token + line();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      out += /[{[]$/.test(out) ? token : line() + token;
    } else if (token === ",") out += token + line();
    else out += token === ":" ? ": " : token;
  }
  return out;
}
