/**
 * ModelRiver's half under a provider that sends duplicates and often fails: what is lost, what is doubled, and
 * how long it takes from a webhook to the row's frame on the content feed.
 *
 * The emulator starts the requests and sends a signed webhook for each; three in ten are sent twice at the same
 * time. It answers half of all callbacks with a 503 and accepts the others. The clock starts with the first
 * attempt of a webhook, and stops when the frame of its row has been parsed. Everything is on this machine: the
 * Worker in workerd with its D1 and objects, the provider and the watcher in this process.
 */

import { cpus, loadavg } from "node:os";
import { chanceOf } from "../emulator/chance.ts";
import type { Attempt } from "../emulator/modelriver/control.ts";
import { type App, startApp } from "../tests/worker/support/app.ts";
import { eventually } from "../tests/worker/support/eventually.ts";
import { begin } from "../tests/worker/support/river.ts";
import { type RiverWatcher, watchContent } from "../tests/worker/support/river_watcher.ts";
import { readFlags } from "./flags.ts";
import { line } from "./numbers.ts";

/** Requests before the first that counts, so that code is compiled and connections are open. */
const WARM_UP = 20;
/** A callback's window is five minutes; after that it has expired. */
const SETTLED_MS = 330_000;

/** When the row of each channel was shown. */
function framesOf(feed: RiverWatcher): Map<string, number> {
  const shown = new Map<string, number>();
  feed.socket.on("message", (text) => {
    const frame = JSON.parse(String(text));
    if (frame.type === "content") shown.set(frame.content.channelId, performance.now());
  });
  return shown;
}

/** Sends the webhooks of all requests, `concurrency` at a time. Returns when each was first sent. */
async function run(app: App, requests: number, concurrency: number, duplicated: number): Promise<Map<string, number>> {
  const sent = new Map<string, number>();
  let left = requests;
  const work = async () => {
    while (left-- > 0) {
      const { id } = begin(app, `film ${left}`, { user_id: "bench" });
      const copies = chanceOf(`copies ${id}`) * 100 < duplicated ? 2 : 1;
      sent.set(id, performance.now());
      const attempts: Attempt[] = await app.emulator.modelriver.deliver(id, { copies });
      const bad = attempts.find(({ status }) => status !== 200);
      if (bad) throw new Error(`a webhook was answered ${bad.status} ${bad.error}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return sent;
}

const { requests, concurrency, duplicated, failing } = readFlags({
  requests: 500,
  concurrency: 4,
  duplicated: 30,
  failing: 50,
});
const app = await startApp();
try {
  const load = loadavg()[0] ?? 0;
  const feed = await watchContent(await app.as("bench"));
  const shown = framesOf(feed);
  await run(app, WARM_UP, concurrency, duplicated);
  const { modelriver } = app.emulator;
  await eventually(() => modelriver.callbacks.filter(({ isTaken }) => isTaken).length === WARM_UP, SETTLED_MS);
  app.emulator.options.modelriver.callbackPlan = { status: 503, rate: failing / 100 };

  const began = performance.now();
  const sent = await run(app, requests, concurrency, duplicated);
  const sentS = (performance.now() - began) / 1000;
  await feed.until(() => [...sent.keys()].every((id) => shown.has(id)), 60_000);
  const inState = async () => {
    const rows = await app.sql("SELECT callback, count(*) AS n FROM ai_content GROUP BY callback");
    return new Map(rows.map(({ callback, n }) => [callback, n as number]));
  };
  await eventually(async () => !(await inState()).has("pending"), SETTLED_MS, "every callback is settled");
  const settledS = (performance.now() - began) / 1000;

  const [counted] = await app.sql("SELECT count(*) AS n, count(DISTINCT channel_id) AS channels FROM ai_content");
  const states = await inState();
  const own = modelriver.callbacks.filter(({ channelId }) => sent.has(channelId ?? ""));
  const deliveries = modelriver.deliveries.filter(({ channelId }) => sent.has(channelId));
  console.log(
    `${requests} requests, ${concurrency} at a time, ${deliveries.length} webhooks (${duplicated} % of them twice), ${failing} % of callbacks answered 503; ${cpus().length} × ${cpus()[0]?.model ?? "?"}, load ${load.toFixed(1)} before`,
  );
  console.log(
    `rows                                ${(counted?.n ?? 0) - WARM_UP} of ${(counted?.channels ?? 0) - WARM_UP} channels`,
  );
  console.log(`callbacks sent                      ${own.length}`);
  console.log(`callbacks accepted                  ${own.filter(({ status }) => status === 200).length}`);
  console.log(`callbacks repeated after a 2xx      ${modelriver.repeated}`);
  console.log(`callbacks expired, failed           ${states.get("expired") ?? 0}, ${states.get("failed") ?? 0}`);
  console.log(`frames of a row seen before         ${feed.frames.length - feed.ids.length}`);
  console.log(
    line(
      "webhook to frame",
      [...sent].map(([id, at]) => (shown.get(id) ?? Number.NaN) - at),
    ),
  );
  console.log(`all webhooks taken after ${sentS.toFixed(1)} s, all callbacks settled after ${settledS.toFixed(1)} s`);
  feed.terminate();
} finally {
  await app.close();
}
