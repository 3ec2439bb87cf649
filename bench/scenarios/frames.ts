/**
 * A task with one watcher: the time to the first frame on its socket, and from the webhook to the frame
 * with the result.
 */

import { ALL, framesOf, type Scenario, timesOf, warmUp } from "../harness/scenario.ts";

const TASKS = 150;

export const frames: Scenario = {
  name: "frames",
  workers: ALL,
  rows: () => [
    { name: "connect", title: "socket: connect to first frame, one at a time", by: "p50", goal: 2 },
    { name: "frame", title: "webhook to frame, one at a time", by: "p50", goal: 1.5 },
  ],
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const { tasks } = await site.start(size.of(TASKS));
      const plugs = tasks.map(({ plug }) => plug);
      const opened = await site.spend(() => site.load.plug({ base: site.base, plugs, concurrency: 1 }));
      const letters = site.letters(tasks);
      const seen = await site.spend(() => site.load.watch({ base: site.base, letters, concurrency: 1 }));
      await site.load.hangUp();
      return {
        connect: { ...timesOf(opened.result.ms), cpuMs: opened.cpuMs / plugs.length },
        frame: framesOf(seen),
      };
    }),
};
