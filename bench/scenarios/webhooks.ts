/** Webhooks of new tasks, one at a time and many at once. */

import { ALL, callsOf, measureOf, type Scenario, warmUp } from "../harness/scenario.ts";

const ONE_BY_ONE = 200;
const THRONG = 400;

export const webhooks: Scenario = {
  name: "webhooks",
  workers: ALL,
  rows: () => [
    { name: "webhook-one", title: "verified webhook, new task, one at a time", by: "p50", goal: 1.8 },
    { name: "webhook-64", title: "verified webhook, new task, 64 at once", by: "perSecond", goal: 1.5 },
  ],
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const one = size.of(ONE_BY_ONE);
      const { tasks } = await site.start(one + size.of(THRONG));
      const calls = callsOf(site.letters(tasks));
      const slow = await site.spend(() => site.calls(calls.slice(0, one), 1));
      const fast = await site.spend(() => site.calls(calls.slice(one), 64));
      return { "webhook-one": measureOf(slow), "webhook-64": measureOf(fast) };
    }),
};
