/** Requests that need little work: a webhook with a bad signature, and `/healthz`. */

import type { Call } from "../harness/jobs.ts";
import { ALL, callsOf, measureOf, type Scenario, warmUp } from "../harness/scenario.ts";

const REQUESTS = 2000;
const AT_ONCE = 16;
const TASKS = 20;

const HEALTH: Call = { method: "GET", path: "/healthz", headers: {} };

export const little: Scenario = {
  name: "little",
  workers: ALL,
  rows: () => [
    { name: "forged", title: "webhook with a bad signature, 16 at once", by: "perSecond", goal: 1 },
    { name: "healthz", title: "GET /healthz, 16 at once", by: "perSecond", goal: 0.95 },
  ],
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const { tasks } = await site.start(TASKS);
      const few = callsOf(site.letters(tasks, { isForged: true }));
      const count = size.of(REQUESTS);
      const forged = Array.from({ length: count }, (_, number) => few[number % few.length] as Call);
      const refused = await site.spend(() => site.calls(forged, AT_ONCE, 401));
      const alive = await site.spend(() => site.calls(Array<Call>(count).fill(HEALTH), AT_ONCE));
      return { forged: measureOf(refused), healthz: measureOf(alive) };
    }),
};
