/**
 * Many tasks with one socket each: how much memory each takes, and how long its last frame takes when all of them end.
 */

import { mostFiles } from "../harness/process.ts";
import type { Size } from "../harness/scenario.ts";
import { BOTH, framesOf, type Scenario, timesOf, warmUp } from "../harness/scenario.ts";

const TASKS = 10_000;
/** Without `--full`. */
const FEW = 500;
const AT_ONCE = 16;

/** Open files for each task: three of SQLite, and its connection on the way to the object. */
const FILES = 6;
const SPARE_FILES = 1000;

function countOf(size: Size): number {
  const most = Math.floor((mostFiles() - SPARE_FILES) / FILES);
  return size.isFull ? Math.min(TASKS, most) : size.of(FEW);
}

export const many: Scenario = {
  name: "many",
  workers: BOTH,
  rounds: 1,
  rows: (size) => {
    const tasks = `${countOf(size).toLocaleString("en")} tasks with a socket each`;
    return [
      { name: "many-connect", title: `${tasks}: connect to first frame, 16 at once`, by: "p50" },
      { name: "many-frame", title: `${tasks}: webhook to frame, 16 at once`, by: "p50" },
      { name: "many-memory", title: `${tasks}: memory of each`, by: "kb" },
    ];
  },
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const { tasks } = await site.start(countOf(size));
      await site.spend(async () => {});
      const before = site.residentMb;
      const plugs = tasks.map(({ plug }) => plug);
      const opened = await site.spend(() => site.load.plug({ base: site.base, plugs, concurrency: AT_ONCE }));
      const mb = site.residentMb;
      const letters = site.letters(tasks);
      const seen = await site.spend(() => site.load.watch({ base: site.base, letters, concurrency: AT_ONCE }));
      await site.load.hangUp();
      return {
        "many-connect": timesOf(opened.result.ms),
        "many-frame": { ...framesOf(seen), perSecond: letters.length / seen.result.seconds },
        "many-memory": { kb: ((mb - before) * 1024) / tasks.length, mb },
      };
    }),
};
