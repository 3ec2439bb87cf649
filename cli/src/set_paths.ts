/** `--set data.result.images[0].url=…` and `--remove data.cost`: changes of a JSON value. Pure. */

import { isObject, type Json } from "../../emulator/json.ts";
import { usage } from "./errors.ts";

export type Step = string | number;

/** A name, with a dot before it unless it is the first; a place in a list; any other name, in quotes. */
const STEP = /^(?:\.?([^.[\]"'=\s]+)|\[(\d{1,6})\]|\["([^"\\]*)"\])/;
const PLAIN = /^[^.[\]"'=\s]+$/;

const written = (steps: readonly Step[]) =>
  steps
    .map((step) => (typeof step === "number" ? `[${step}]` : PLAIN.test(step) ? `.${step}` : `["${step}"]`))
    .join("")
    .replace(/^\./, "");

/** The path at the beginning of `text`, and what comes after it. */
function pathIn(text: string, option: string): { steps: Step[]; rest: string } {
  const steps: Step[] = [];
  let rest = text;
  do {
    const [whole, name, place, quoted] = STEP.exec(rest) ?? [];
    const isFirst = steps.length === 0;
    if (whole === undefined || (name !== undefined && whole.startsWith(".") === isFirst)) {
      const read = text.slice(0, text.length - rest.length);
      throw usage(
        `${option} ${text}: ${read ? `after "${read}"` : "at its beginning"} there is no name and no [place].`,
      );
    }
    steps.push(place === undefined ? (quoted ?? name ?? "") : Number(place));
    rest = rest.slice(whole.length);
  } while (rest !== "" && !rest.startsWith("="));
  return { steps, rest };
}

/** JSON where it is JSON, and the text itself where it is not. */
export function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const kindOf = (value: unknown) =>
  Array.isArray(value) ? "a list" : isObject(value) ? "an object" : `${JSON.stringify(value)}`;

/** Changes what is at the last step, in its list or object. What is missing on the way is made if `make` is set. */
function at(body: Json, steps: readonly Step[], make: boolean, complain: (why: string) => Error) {
  let holder: unknown = body;
  for (const [i, step] of steps.entries()) {
    const path = written(steps.slice(0, i)) || "the body";
    if (Array.isArray(holder)) {
      if (typeof step === "string") throw complain(`${path} is a list: name a place in it, such as ${path}[0]`);
      if (step > holder.length)
        throw complain(`${path} has ${holder.length} in it: the next place is [${holder.length}]`);
    } else if (isObject(holder)) {
      if (typeof step === "number") throw complain(`${path} is an object: it has names, and no [${step}]`);
    } else throw complain(`${path} is ${kindOf(holder)}, and nothing can be in it`);
    if (i === steps.length - 1) return { holder, step };
    const inside = holder as Record<Step, unknown>;
    const next = Object.hasOwn(inside, step) ? inside[step] : undefined;
    if ((next === undefined || next === null) && make) put(holder, step, typeof steps[i + 1] === "number" ? [] : {});
    else if (next === undefined) return undefined;
    holder = inside[step];
  }
  return undefined;
}

/** As an own property, whatever its name is. */
function put(holder: unknown, step: Step, value: unknown): void {
  Object.defineProperty(holder, step, { value, writable: true, enumerable: true, configurable: true });
}

/** Sets what `path=value` says. */
export function set(body: Json, text: string, option = "--set"): void {
  const { steps, rest } = pathIn(text, option);
  if (!rest.startsWith("=")) throw usage(`${option} ${text}: it must be path=value, such as data.cost=0.03.`);
  const place = at(body, steps, true, (why) => usage(`${option} ${text}: ${why}.`));
  if (place) put(place.holder, place.step, valueIn(rest.slice(1)));
}

/** Removes what is at a path, if there is anything. */
export function remove(body: Json, text: string, option = "--remove"): void {
  const { steps, rest } = pathIn(text, option);
  if (rest) throw usage(`${option} ${text}: it must be a path alone.`);
  const place = at(body, steps, false, (why) => usage(`${option} ${text}: ${why}.`));
  if (!place) return;
  if (Array.isArray(place.holder)) place.holder.splice(place.step as number, 1);
  else delete (place.holder as Json)[place.step as string];
}
