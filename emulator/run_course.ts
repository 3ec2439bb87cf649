/** The course of a run that no test steers: it waits, goes on in steps that its webhooks tell of, and ends. */

import type { Context } from "./context.ts";
import { end, goOn, isOver, type Run } from "./runs.ts";

/** What a provider does at each step. */
export interface Telling {
  /** It has begun or gone on. */
  onStep?(run: Run): void;
  onEnd(run: Run): void;
}

/** How far it has come at each step, of its time and of its work alike. */
const STEPS = [0.1, 0.3, 0.5, 0.75, 0.9];

export function runItsCourse(run: Run, { options, timers, journal }: Context, telling: Telling): void {
  if (!options.autoDeliver) return;
  for (const step of STEPS) {
    timers.after(run.durationMs * step, () => {
      if (isOver(run)) return;
      goOn(run, step);
      journal.changed();
      telling.onStep?.(run);
    });
  }
  timers.after(run.durationMs, () => {
    if (isOver(run)) return;
    end(run);
    journal.changed();
    telling.onEnd(run);
  });
}

/** Where a webhook goes: tests have one that comes to their own Worker, whatever its public address. */
export function redirected(webhook: string, { options }: Context): string {
  const { webhookOrigin } = options;
  if (webhookOrigin === "") return webhook;
  const { pathname, search } = new URL(webhook);
  return webhookOrigin + pathname + search;
}
