/** What is printed: text for people, or JSON for programs. The colours are those of a terminal, and only there. */

import pc from "picocolors";
import type { Ending } from "./errors.ts";

export interface Sink {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
}

export type Colors = ReturnType<typeof pc.createColors>;

/**
 * Text that came from outside, as a terminal may show it. A webhook that nobody has verified can hold any bytes, and
 * some would move the cursor or turn the line around.
 */
export function plain(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export const wantsColors = (sink: Sink, env: NodeJS.ProcessEnv): boolean =>
  sink.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";

export class Output {
  readonly isJson: boolean;
  readonly colors: Colors;
  /** For what is said beside the result. */
  readonly errorColors: Colors;
  readonly #out: Sink;
  readonly #err: Sink;

  constructor({ isJson, out, err, env }: { isJson: boolean; out: Sink; err: Sink; env: NodeJS.ProcessEnv }) {
    this.isJson = isJson;
    this.#out = out;
    this.#err = err;
    this.colors = pc.createColors(!isJson && wantsColors(out, env));
    this.errorColors = pc.createColors(wantsColors(err, env));
  }

  /** One document for programs, or these lines for people. */
  result(value: unknown, lines: () => readonly string[]): void {
    if (this.isJson) this.#out.write(`${JSON.stringify(value, null, 2)}\n`);
    else for (const line of lines()) this.#out.write(`${line}\n`);
  }

  /** One of many: a line of JSON, or a line of text. */
  line(value: unknown, text: () => string): void {
    this.#out.write(`${this.isJson ? JSON.stringify(value) : text()}\n`);
  }

  /** Something to know while it goes on. It is not part of the result. */
  note(text: string): void {
    this.#err.write(`${this.errorColors.dim(plain(text))}\n`);
  }

  warn(text: string): void {
    this.#err.write(`${this.errorColors.yellow(plain(text))}\n`);
  }

  /** How it has failed. `isOneDocument`: the result would have been one JSON document. */
  fail({ code, message }: Ending, isOneDocument: boolean): void {
    if (this.isJson && isOneDocument) this.result({ error: { code, message } }, () => []);
    this.#err.write(`${this.errorColors.red(plain(message))}\n`);
  }
}
