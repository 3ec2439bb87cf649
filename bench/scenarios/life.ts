/** A task's processor time with what comes after its end: the alarm that looks whether it is over, 20 s after the start. */

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
      // The alarms of the tasks that warmed it up.
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
