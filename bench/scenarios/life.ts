/** A task's processor time, including the alarm that fires 20 s after the start. */

import { setTimeout as delay } from "node:timers/promises";
import { BOTH, callsOf, type Scenario, warmUp } from "../harness/scenario.ts";

const TASKS = 200;
const AFTERWARDS_MS = 22_000;

export const life: Scenario = {
  name: "life",
  workers: BOTH,
  rounds: 1,
  isLong: true,
  rows: () => [{ name: "life-cpu", title: "CPU of a whole task, with its alarm after 20 s", by: "cpuMs" }],
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      // Waits for the alarms of the warm-up tasks.
      await delay(AFTERWARDS_MS);
      const count = size.of(TASKS);
      const { cpuMs } = await site.spend(async () => {
        const { tasks } = await site.start(count);
        await site.calls(callsOf(site.letters(tasks)), 16);
        await delay(AFTERWARDS_MS);
      });
      return { "life-cpu": { cpuMs: cpuMs / count } };
    }),
};
