// Wrong arguments.

/** The error names the argument, and never says what it was: it may be a secret. */
export function wrong(call: string, argument: string, must: string): TypeError {
  return new TypeError(`${call}: ${argument} ${must}.`);
}
