/** Tasks of four images from their start to their end, and after it. Each step is done for all tasks before the next. */

import { ALL, callsOf, type Measure, measureOf, readsOf, type Scenario, warmUp } from "../harness/scenario.ts";

const TASKS = 500;
const AT_ONCE = 16;

export const tasks: Scenario = {
  name: "tasks",
  workers: ALL,
  rows: () => [
    { name: "generate-4", title: "POST /generate, 4 images, 16 at once", by: "perSecond", goal: 1 },
    { name: "webhook", title: "verified webhook, new task, 16 at once", by: "perSecond", goal: 1.8 },
    { name: "again", title: "the same delivery again, 16 at once", by: "perSecond", goal: 1.2 },
    { name: "read", title: "GET /tasks/{id}, 16 at once", by: "perSecond", goal: 1.2 },
    { name: "task-cpu", title: "CPU of a whole task (start and webhook)", by: "cpuMs", goal: 1.2 },
  ],
  run: (on, size) =>
    on(async (site) => {
      await warmUp(site, size);
      const started = await site.spend(() => site.start(size.of(TASKS)));
      const { tasks } = started.result;
      const calls = callsOf(site.letters(tasks));
      const ended = await site.spend(() => site.calls(calls, AT_ONCE));
      const measures: Record<string, Measure> = {
        "generate-4": measureOf(started),
        webhook: measureOf(ended),
        "task-cpu": { cpuMs: (started.cpuMs + ended.cpuMs) / tasks.length },
      };
      // The floor stores nothing, so it knows no task.
      if (site.name === "floor") return measures;
      measures.again = measureOf(await site.spend(() => site.calls(calls, AT_ONCE)));
      measures.read = measureOf(await site.spend(() => site.calls(readsOf(tasks), AT_ONCE)));
      return measures;
    }),
};
