/** One task with very many watchers: from the webhook to the last of the frames. */

import { BOTH, type Measure, type Scenario, warmUp } from "../harness/scenario.ts";

const CROWDS = [1000, 5000] as const;
const GOALS = { 1000: 1.2, 5000: 1 };
/** Sockets opened at once. */
const OPENING = 32;

export const crowds: Scenario = {
  name: "crowds",
  workers: BOTH,
  rows: (size) =>
    CROWDS.map((crowd) => {
      const title = `one task, ${size.of(crowd).toLocaleString("en")} sockets, last frame`;
      return { name: `crowd-${crowd}`, title, by: "ms", goal: GOALS[crowd] };
    }),
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const measures: Record<string, Measure> = {};
      for (const crowd of CROWDS) {
        const { tasks } = await site.start(1);
        const plugs = Array.from({ length: size.of(crowd) }, () => tasks.map(({ plug }) => plug)).flat();
        await site.load.plug({ base: site.base, plugs, concurrency: OPENING });
        const letters = site.letters(tasks);
        const { result, cpuMs } = await site.spend(() => site.load.watch({ base: site.base, letters, concurrency: 1 }));
        measures[`crowd-${crowd}`] = { ms: result.lastMs[0] ?? Number.NaN, cpuMs, mb: site.residentMb };
        await site.load.hangUp();
      }
      return measures;
    }),
};
