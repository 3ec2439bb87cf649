/** Shrinks a failing run: leaves out steps while the rest still fails. */

import type { Plan, Step } from "./steps.ts";

/** Whether a run fails. It may use a fresh world or the same. */
export type Fails = (plan: Plan) => Promise<boolean>;

/**
 * The shortest plan found within `budget` runs. Leaves out halves first, then quarters, down to
 * single steps; then tries concurrent steps one at a time.
 */
export async function shrink(plan: Plan, fails: Fails, budget: number): Promise<Plan> {
  let best = plan;
  let left = budget;
  const attempt = async (steps: Step[]): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    const shorter = { ...best, steps };
    if (!(await fails(shorter))) return false;
    best = shorter;
    return true;
  };

  let size = Math.ceil(best.steps.length / 2);
  while (left > 0) {
    let isShorter = false;
    for (let at = 0; at < best.steps.length && left > 0; ) {
      const rest = [...best.steps.slice(0, at), ...best.steps.slice(at + size)];
      if (rest.length < best.steps.length && (await attempt(rest))) isShorter = true;
      else at += size;
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (!isShorter) break;
  }
  for (let at = 0; at < best.steps.length; at++) {
    const step = best.steps[at];
    if (step?.do !== "together") continue;
    for (const alone of step.steps) if (await attempt(best.steps.with(at, alone))) break;
  }
  return best;
}
