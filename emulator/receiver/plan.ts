/** How a receiver fails: what each attempt at one event meets, in order. What comes after the last is taken. */

/** A step is a status, `429:2` with a `Retry-After`, `timeout`, `reset`, or `lost`. */
export type Step =
  | { do: "answer"; status: number; retryAfter?: string }
  /** No answer within any sender's patience. */
  | { do: "timeout" }
  /** The connection is cut with nothing taken. */
  | { do: "reset" }
  /** It is taken, and the answer is lost. */
  | { do: "lost" };

export const TAKES: Step = { do: "answer", status: 200 };

/** Throws an Error where the text is no step. */
export function stepOf(text: string): Step {
  if (text === "timeout" || text === "reset" || text === "lost") return { do: text };
  const [, status, retryAfter] = /^([2-5]\d\d)(?::(.+))?$/.exec(text) ?? [];
  if (!status)
    throw new Error(`is not a plan: "${text}"; steps are a status, 429:<seconds or a date>, timeout, reset, lost`);
  return { do: "answer", status: Number(status), ...(retryAfter === undefined ? {} : { retryAfter }) };
}

/** Steps separated by commas, as in `500,429:2,timeout`. */
export function planOf(text: string): Step[] {
  const steps = text.split(",").map((each) => each.trim());
  return steps.filter(Boolean).map(stepOf);
}
