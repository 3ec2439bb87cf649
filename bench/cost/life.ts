/** One task from its start to its last alarm, and what each step is billed for. */

import assert from "node:assert/strict";
import { objectsOf } from "../../tests/worker/support/deployment.ts";
import type { Code } from "../harness/code.ts";
import { Site } from "../harness/site.ts";
import { type Counts, meter } from "./meter.ts";

/** More alarms than a finished task can have. */
const MOST_ALARMS = 10;

export interface Step {
  name: string;
  counts: Counts;
}

export interface Bill {
  steps: Step[];
  total: Counts;
  /** One run of the cron trigger with nothing to do. */
  sweep: Counts;
}

function combine(a: Counts, b: Counts, how: (a: number, b: number) => number): Counts {
  const names = Object.keys(a) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, how(a[name], b[name])])) as unknown as Counts;
}

export const minus = (a: Counts, b: Counts) => combine(a, b, (x, y) => x - y);
export const plus = (a: Counts, b: Counts) => combine(a, b, (x, y) => x + y);

/** The same Worker with the meter around it. */
function withMeter(code: Code): Code {
  const isBuild = "index_bg.wasm" in code.modules;
  const contents = meter(Object.values(objectsOf(code.modules)), isBuild);
  return { ...code, modules: { "meter.js": { type: "esm", contents }, ...code.modules } };
}

async function ask<T>(site: Site, query = ""): Promise<T> {
  const response = await fetch(`${site.base}/__meter${query}`);
  return (await response.json()) as T;
}

/** All counts, once the Worker is idle. */
const counted = async (site: Site) => (await site.spend(() => ask<Counts>(site))).result;

export async function billOf(code: Code, images: number): Promise<Bill> {
  const site = await Site.open(withMeter(code));
  try {
    // Caches the issuer's keys and makes the sweep's own row, which cost once.
    await site.start(1, { images: 1 });
    await site.sweep();
    const begin = await counted(site);
    await site.sweep();
    let last = await counted(site);
    const sweep = minus(last, begin);
    const steps: Step[] = [];
    const step = async (name: string, work: () => Promise<unknown>) => {
      await site.spend(work);
      const now = await counted(site);
      steps.push({ name, counts: minus(now, last) });
      last = now;
    };

    const { base } = site;
    let tasks: Awaited<ReturnType<Site["start"]>>["tasks"] = [];
    await step("start", async () => {
      ({ tasks } = await site.start(1, { images }));
    });
    await step("a watcher connects", () =>
      site.load.plug({ base, plugs: tasks.map(({ plug }) => plug), concurrency: 1 }),
    );
    const letters = site.letters(tasks);
    await step("webhook, frame", () => site.load.watch({ base, letters, concurrency: 1 }));
    await step("the watcher leaves", () => site.load.hangUp());
    const leap = () => ask<{ leapt: boolean }>(site, `?leap=${tasks[0]?.taskId}`);
    let alarms = 0;
    await step("alarms, up to a day later", async () => {
      while ((await site.spend(leap)).result.leapt) {
        alarms += 1;
        assert.ok(alarms <= MOST_ALARMS, "the alarms do not end");
      }
    });
    return { steps, total: steps.map(({ counts }) => counts).reduce(plus), sweep };
  } finally {
    await site.close();
  }
}
