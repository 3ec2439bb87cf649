/** The first request of an isolate, which pays for whatever is initialized on first use. */

import type { Call } from "../harness/jobs.ts";
import { ALL, type Scenario, timesOf } from "../harness/scenario.ts";

const ISOLATES = 4;
const HEALTH: Call = { method: "GET", path: "/healthz", headers: {} };

export const fresh: Scenario = {
  name: "fresh",
  workers: ALL,
  rows: () => [{ name: "fresh", title: "first request of a fresh isolate", by: "p50", goal: 0.7 }],
  async run(on, size) {
    const ms: number[] = [];
    for (let isolate = 0; isolate < size.of(ISOLATES); isolate++) {
      ms.push(...(await on((site) => site.calls([HEALTH], 1))).ms);
    }
    return { fresh: timesOf(ms) };
  },
};
