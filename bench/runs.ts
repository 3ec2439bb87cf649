/**
 * What one run of a model costs, at each provider that runs many: rows, calls and requests, from its start to its end.
 *
 * Counted as rows.ts does. Each run tells of its progress three times, and its watcher sees that.
 */

import { startApp } from "../tests/worker/support/app.ts";
import { eventually } from "../tests/worker/support/eventually.ts";
import { watchRun } from "../tests/worker/support/run_watcher.ts";
import type { Counts } from "../tests/worker/support/shim.ts";

const MODELS = { replicate: "owner/name", fal: "fal-ai/flux/dev" } as const;
const STEPS = [0.2, 0.5, 0.8];
/** Frames of progress are a quarter of a second apart at least. */
const PAUSE_MS = 260;
/** Every alarm that polls has fired, and the one that cleans up is set. */
const ALARM_WITHIN_MS = 30_000;

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
const cells = (name: string, values: (number | string)[]) =>
  name.padEnd(12) + values.map((value) => String(value).padStart(12)).join("");

console.log(cells("", ["D1 rows", "D1 batches", "puts", "alarms", "calls", "requests", "frames"]));
for (const provider of Object.keys(MODELS) as (keyof typeof MODELS)[]) {
  const app = await startApp({ shim: true });
  try {
    const user = await app.as("bench");
    const body = { provider, model: MODELS[provider], input: { prompt: "a fox" } };
    const { body: started } = await user.post("/tasks", body);
    const { taskId, live } = started;
    const id = taskId.slice(taskId.indexOf("_") + 1);
    const watcher = await watchRun(app.base, live);
    for (const progress of STEPS) {
      if (provider === "replicate") await app.emulator.replicate.deliver(id, { progress });
      else app.emulator.fal.step(id, progress);
      await pause();
    }
    await app.emulator[provider].deliver(id);
    await watcher.task("completed");
    const counts = async (): Promise<Record<string, Counts | undefined>> => app.shim();
    const before = (await counts())[taskId]?.alarms ?? 0;
    await eventually(async () => ((await counts())[taskId]?.alarms ?? 0) > before, ALARM_WITHIN_MS);
    const { worker, [taskId]: room } = await counts();
    const sum = (of: keyof Pick<Counts, "d1Rows" | "d1Batches" | "puts" | "alarms">) =>
      (worker?.[of] ?? 0) + (room?.[of] ?? 0);
    const calls = app.emulator.requests.filter(({ path }) => path.startsWith(`/${provider}/`)).length;
    const requests = 1 + app.emulator[provider].deliveries.length;
    const all = [sum("d1Rows"), sum("d1Batches"), sum("puts"), sum("alarms"), calls, requests, watcher.progress.length];
    console.log(cells(provider, all));
    watcher.close();
  } finally {
    await app.close();
  }
}
