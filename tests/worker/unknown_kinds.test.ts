/** What the provider may have tomorrow: events of kinds that nobody here has heard of. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";
import { inventedTaskId, SCHEMES, sendWebhook } from "./support/signatures.ts";

const app = await startApp({ shim: true });
after(() => app.close());
const ada = await app.as("ada");
const timeout = 60_000;

const RAW = { model: "s/1", layers: [{ svg: "<g/>", z: 2 }] };

function current(id: string, metadata?: object, result: unknown = RAW): string {
  const data = {
    id,
    type: "image.sketch",
    status: "completed",
    request: { metadata },
    result,
    errors: null,
    cost: "0.02",
  };
  return JSON.stringify({
    id: `evt_${id}`,
    type: "task.image.sketch.completed",
    timestamp: new Date().toISOString(),
    data,
  });
}

function earlier(id: string, metadata?: object): string {
  return JSON.stringify({ event: "task.image.sketch.completed", task: { id }, request: { metadata }, result: RAW });
}

describe("a signed event of an unknown kind", { timeout, concurrency: true }, () => {
  for (const [wire, body, sign] of [
    ["g4", current, SCHEMES.g4],
    ["g2", earlier, SCHEMES.g2],
  ] as const) {
    test(`on wire ${wire}, about a task that nobody here has started, is taken and shown to nobody`, async () => {
      const id = inventedTaskId();
      const text = body(id, { userId: "ada" });
      assert.equal((await sendWebhook(app.base, text, sign(text))).status, 200);
      // Its rows are searched for, and there are none.
      await eventually(async () => ((await app.shim())[id]?.d1Reads ?? 0) > 0, 10_000, "a search for its rows");
      assert.equal((await app.rows(id)).task, undefined);
      assertRefused(await ada.call(`/tasks/${id}`), 404, "not_found");
      assert.ok(!(await ada.list("?limit=100")).tasks.some((each: any) => each.taskId === id));
    });
  }

  test("about a task of ours shows its result, and the pictures come as they would have", async () => {
    const { taskId, live } = await ada.start({ count: 1 });
    const watcher = await app.watch(live);
    const text = current(taskId);
    assert.equal((await sendWebhook(app.base, text, SCHEMES.g4(text))).status, 200);
    const shown = await ada.task(taskId);
    assert.deepEqual([shown.status, shown.version, shown.result], ["pending", 2, RAW]);
    await app.emulator.deliver(taskId);
    const done = await watcher.task("completed");
    assert.deepEqual([done.images[0].status, done.result], ["success", RAW]);
  });

  test("that brings the pictures of a task of ours completes it", async () => {
    const { taskId, live } = await ada.start({ count: 1 });
    const watcher = await app.watch(live);
    const images = [{ status: "success", id: "img_1", url: "https://x.example/1.png" }];
    const text = current(taskId, undefined, { images });
    assert.equal((await sendWebhook(app.base, text, SCHEMES.g4(text))).status, 200);
    assert.equal((await watcher.task("completed")).images[0].url, "https://x.example/1.png");
  });
});
