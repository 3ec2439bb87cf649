/** What finished webhooks leave in memory: after all of them, compared with after the first tenth. */

import { BOTH, callsOf, type Scenario, type Size, warmUp } from "../harness/scenario.ts";

const WEBHOOKS = 100_000;
/** Without `--full`. */
const FEW = 2000;
/** Done in portions, so that no signature is too old and this process stays small. */
const PORTION = 1000;
const AT_ONCE = 16;

const countOf = (size: Size) => (size.isFull ? WEBHOOKS : size.of(FEW));

export const memory: Scenario = {
  name: "memory",
  workers: BOTH,
  rounds: 1,
  rows: (size) => {
    const text = (count: number) => count.toLocaleString("en");
    return [
      { name: "memory-tenth", title: `memory after ${text(Math.ceil(countOf(size) / 10))} webhooks`, by: "mb" },
      { name: "memory-all", title: `memory after ${text(countOf(size))} webhooks`, by: "mb" },
    ];
  },
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const all = countOf(size);
      const end = async (count: number) => {
        for (let left = count; left > 0; left -= PORTION) {
          const { tasks } = await site.start(Math.min(PORTION, left), { images: 1 });
          await site.calls(callsOf(site.letters(tasks)), AT_ONCE);
        }
        await site.spend(async () => {});
        return { mb: site.residentMb };
      };
      const tenth = Math.ceil(all / 10);
      return { "memory-tenth": await end(tenth), "memory-all": await end(all - tenth) };
    }),
};
