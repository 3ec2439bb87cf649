/**
 * How long it takes from a signed webhook to the frame on the watcher's socket, and to the webhook's
 * answer.
 *
 * The clock starts when the signed request is handed to the HTTP client, and stops when the frame with the
 * completed task has been parsed. Everything is on this machine: the Worker in workerd with its D1 and
 * objects, the sender and the watchers in this process. So the numbers include the loopback and the
 * sender's own work, but no network.
 */

import { cpus, loadavg } from "node:os";
import { type App, startApp } from "../tests/worker/support/app.ts";
import { completedBody, SCHEMES, sendWebhook } from "../tests/worker/support/signatures.ts";
import type { Watcher } from "../tests/worker/support/watcher.ts";
import { readFlags } from "./flags.ts";
import { line } from "./numbers.ts";

interface Sample {
  frameMs: number;
  answerMs: number;
}

/** Tasks before the first that counts, so that code is compiled and connections are open. */
const WARM_UP = 50;
const IMAGES = 4;

async function start(
  app: App,
  user: Awaited<ReturnType<App["as"]>>,
): Promise<{ taskId: string; watcher: Watcher; body: string }> {
  const { taskId, task, live } = await user.start({ prompt: "a fox", count: IMAGES });
  const watcher = await app.watch(live);
  await watcher.task("pending");
  const images = task.images.map((_: unknown, index: number) => ({
    status: "success",
    id: `img_${taskId.slice(4)}_${index}`,
    url: `https://pictures.example/${taskId}/${index}.png`,
  }));
  const plain = JSON.parse(completedBody(taskId, images));
  const imageRowIds = task.images.map(({ id }: { id: string }) => id);
  return { taskId, watcher, body: JSON.stringify({ ...plain, request: { metadata: { imageRowIds } } }) };
}

async function measure(app: App, user: Awaited<ReturnType<App["as"]>>): Promise<Sample> {
  const { watcher, body } = await start(app, user);
  const headers = SCHEMES.g4(body);
  const frame = watcher.task("completed").then(() => performance.now());
  const began = performance.now();
  const [answered, framed] = await Promise.all([
    sendWebhook(app.base, body, headers).then((answer) => {
      if (answer.status !== 200) throw new Error(`the webhook was answered ${answer.status} ${answer.text}`);
      return performance.now();
    }),
    frame,
  ]);
  watcher.terminate();
  return { frameMs: framed - began, answerMs: answered - began };
}

/** Makes `tasks` measurements, `concurrency` at a time. Starting a task and opening its socket is not timed. */
async function run(app: App, tasks: number, concurrency: number): Promise<Sample[]> {
  const user = await app.as("bench");
  const samples: Sample[] = [];
  let left = tasks;
  const work = async () => {
    while (left-- > 0) samples.push(await measure(app, user));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return samples;
}

const { tasks, concurrency } = readFlags({ tasks: 1000, concurrency: 4 });
const app = await startApp();
try {
  const load = loadavg()[0] ?? 0;
  await run(app, WARM_UP, concurrency);
  const began = performance.now();
  const samples = await run(app, tasks, concurrency);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${tasks} tasks of ${IMAGES} images, ${concurrency} at a time, one watcher each; ${cpus().length} × ${cpus()[0]?.model ?? "?"}, load ${load.toFixed(1)} before`,
  );
  console.log(
    line(
      "webhook to frame",
      samples.map(({ frameMs }) => frameMs),
    ),
  );
  console.log(
    line(
      "webhook to answer",
      samples.map(({ answerMs }) => answerMs),
    ),
  );
  console.log(`${(tasks / seconds).toFixed(0)} tasks per second from start to end (start, socket, webhook, frame)`);
} finally {
  await app.close();
}
