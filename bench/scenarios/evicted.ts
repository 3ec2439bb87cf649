/** A socket on a task whose object is not in memory: it hibernates with an open socket, as most rooms do. */

import { BOTH, type Scenario, timesOf, warmUp } from "../harness/scenario.ts";

const TASKS = 60;

export const evicted: Scenario = {
  name: "evicted",
  workers: BOTH,
  rows: () => [{ name: "evicted", title: "connect to an evicted room, to first frame", by: "p50" }],
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const { tasks } = await site.start(size.of(TASKS));
      const ms: number[] = [];
      for (const { taskId, plug } of tasks) {
        await site.load.plug({ base: site.base, plugs: [plug], concurrency: 1 });
        await site.evict(taskId);
        ms.push(...(await site.load.plug({ base: site.base, plugs: [plug], concurrency: 1 })).ms);
        await site.load.hangUp();
      }
      return { evicted: timesOf(ms) };
    }),
};
