/** A user's feed, while a thousand of the user's tasks are under way. */

import { BOTH, framesOf, type Scenario, timesOf, warmUp } from "../harness/scenario.ts";

const UNDER_WAY = 1000;
const ENDING = 200;
const AT_ONCE = 16;
/** A feed begins with so many of the newest tasks. */
const SHOWN = 100;
/** How often it is opened. The first time of an isolate compiles what it takes. */
const OPENED = 20;

export const feeds: Scenario = {
  name: "feeds",
  workers: BOTH,
  rounds: 2,
  rows: (size) => {
    const many = `${size.of(UNDER_WAY).toLocaleString("en")} tasks under way`;
    return [
      { name: "feed-open", title: `a user's feed, ${many}: connect to snapshot`, by: "p50" },
      { name: "feed-frame", title: `a user's feed, ${many}: webhook to frame, 16 at once`, by: "p50" },
    ];
  },
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const { tasks } = await site.start(size.of(UNDER_WAY), { images: 1, alone: true });
      const plug = await site.feed();
      const frames = Math.min(SHOWN, tasks.length);
      const open = (count: number) =>
        site.load.plug({ base: site.base, plugs: Array(count).fill(plug), concurrency: 1, frames });
      const opened = await site.spend(() => open(OPENED));
      await site.load.hangUp();
      await open(1);
      const letters = site.letters(tasks.slice(0, size.of(ENDING)));
      const seen = await site.spend(() => site.load.watch({ base: site.base, letters, concurrency: AT_ONCE }));
      await site.load.hangUp();
      return {
        "feed-open": { ...timesOf(opened.result.lastMs), cpuMs: opened.cpuMs / OPENED },
        "feed-frame": { ...framesOf(seen), perSecond: letters.length / seen.result.seconds },
      };
    }),
};
