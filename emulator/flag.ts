/** A command-line flag for one option: how its value is written, read and explained. */

export interface Flag<Options> {
  /** Without the dashes. */
  name: string;
  means: string;
  /** The value in effect, as the flag would be written. */
  show(options: Options): string;
  /** Throws an Error when the value cannot be used; its message goes on after the flag's name. */
  take(options: Options, value: string): void;
}

/** How values of one kind are written as text, and read from it. */
export interface Notation<Value> {
  show(value: Value): string;
  read(text: string): Value;
}

/** The flag of an option, named as the option is: `webhookUrl` is `--webhook-url`. */
export function flag<Key extends string, Value>(
  option: Key,
  means: string,
  notation: Notation<Value>,
): Flag<Record<Key, Value>> {
  return {
    name: option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    means,
    show: (options) => notation.show(options[option]),
    take: (options, value) => {
      options[option] = notation.read(value);
    },
  };
}

/** A number within bounds. */
export function number(least: number, most = Number.MAX_SAFE_INTEGER): Notation<number> {
  return {
    show: String,
    read: (text) => {
      const parsed = Number(text);
      if (text.trim() !== "" && parsed >= least && parsed <= most) return parsed;
      const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`;
      throw new Error(`must be a number ${range}, not "${text}"`);
    },
  };
}

/** A whole number within bounds: what is after the point is dropped. */
export function whole(least: number, most: number): Notation<number> {
  const any = number(least, most);
  return { show: any.show, read: (text) => Math.trunc(any.read(text)) };
}

/** One of these words. */
export function oneOf<Word extends string>(words: readonly Word[]): Notation<Word> {
  return {
    show: String,
    read: (text) => {
      const known = words.find((word) => word === text);
      if (known === undefined) throw new Error(`must be one of ${words.join(", ")}`);
      return known;
    },
  };
}

export const TEXT: Notation<string> = { show: String, read: String };

/** Text that is not empty. */
export const FILLED: Notation<string> = {
  show: String,
  read: (text) => {
    if (text === "") throw new Error("must not be empty");
    return text;
  },
};

/** A URL, or nothing. */
export const ADDRESS: Notation<string> = {
  show: String,
  read: (text) => {
    if (text !== "" && !URL.canParse(text)) throw new Error(`is not a URL: "${text}"`);
    return text;
  },
};

/** Several values, separated by commas. */
export const LIST: Notation<string[]> = {
  show: (values) => values.join(","),
  read: (text) =>
    text
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean),
};
