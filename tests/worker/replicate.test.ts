/** Replicate, from the start to the end of a prediction. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { itRuns, run, runOf, type Suite } from "./support/run_suite.ts";
import { watchRun } from "./support/run_watcher.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 60_000;
const suite: Suite = {
  app,
  ada,
  provider: "replicate",
  prefix: "rep_",
  model: "owner/name",
  key: "REPLICATE_API_TOKEN",
  isListed: true,
  noModels: ["", "name", "a/b/c", "../b", "a/b:"],
};
const { replicate } = app.emulator;
const idOf = (taskId: string) => taskId.slice("rep_".length);

itRuns(suite);

describe("a prediction", { timeout }, () => {
  test("shows its progress, never backwards, and nothing of it is stored", async () => {
    const { taskId, live } = await run(suite);
    const watcher = await watchRun(app.base, live);
    const row = (await app.rows(taskId)).task;
    const seen = (count: number) => watcher.until(({ progress }) => progress.length === count);
    await replicate.deliver(idOf(taskId), { progress: 0.1 });
    await seen(1);
    assert.equal(watcher.progress[0]?.progress, 0.1);
    assert.equal(watcher.progress[0]?.message, "5/50");
    // Four a second at most: each waits for the one before to be old enough.
    const pause = () => new Promise((resolve) => setTimeout(resolve, 260));
    await pause();
    await replicate.deliver(idOf(taskId), { progress: 0.75, copies: 3 });
    await seen(2);
    await pause();
    const [early] = replicate.deliveries.filter(({ predictionId }) => predictionId === idOf(taskId));
    assert.ok(early);
    await replicate.replay(early);
    await watcher.settled();
    assert.deepEqual(
      watcher.progress.map(({ progress }) => progress),
      [0.1, 0.75],
    );
    assert.deepEqual((await app.rows(taskId)).task, row);
    const late = await watchRun(app.base, live);
    await late.until(({ progress }) => progress.length === 1);
    assert.equal(late.progress[0]?.progress, 0.75, "a new watcher is shown where it is");
    await replicate.deliver(idOf(taskId));
    await watcher.task("completed");
    assert.deepEqual(watcher.versions, [1, 2]);
    watcher.close();
    late.close();
  });

  test("of many events in a second shows four", async () => {
    const { taskId, live } = await run(suite);
    const watcher = await watchRun(app.base, live);
    for (let step = 1; step <= 40; step += 1) await replicate.deliver(idOf(taskId), { progress: step / 50 });
    await watcher.settled();
    const gaps = watcher.progress.slice(1).map(({ at }, i) => at - (watcher.progress[i]?.at ?? 0));
    assert.ok(watcher.progress.length >= 1 && gaps.every((gap) => gap >= 200), JSON.stringify(gaps));
    watcher.close();
  });

  test("has files that its provider deletes, and says when", async () => {
    const { taskId } = await run(suite);
    await replicate.deliver(idOf(taskId));
    const { outputs } = await ada.task(taskId);
    const ended = runOf(app.emulator, "replicate", taskId).endedAt;
    assert.equal(outputs[0].expiresAt, new Date(ended + 3_600_000).toISOString());
  });

  test("whose outputs are gone before anybody asked has failed with data_removed", async () => {
    app.emulator.options.replicate.keptMs = 0;
    try {
      const { taskId } = await run(suite);
      await replicate.deliver(idOf(taskId));
      assert.equal((await ada.task(taskId)).error.code, "data_removed");
    } finally {
      app.emulator.options.replicate.keptMs = 3_600_000;
    }
  });

  test("that ends before its start is answered is taken", async () => {
    app.emulator.options.replicate.onCreate = async ({ id }) => {
      const [attempt] = await replicate.deliver(id);
      assert.equal(attempt?.status, 200);
    };
    try {
      const { task } = await run(suite);
      assert.equal(task.status, "completed");
    } finally {
      app.emulator.options.replicate.onCreate = undefined;
    }
  });

  for (const listsWebhooks of [true, false]) {
    test(`whose start had no answer is found in the list, ${listsWebhooks ? "by what it says" : "by asking"}`, async () => {
      app.emulator.options.replicate.listsWebhooks = listsWebhooks;
      app.emulator.options.replicate.onCreate = () => {
        throw new Error("cut");
      };
      try {
        const { taskId, task } = await run(suite, { listsWebhooks });
        assert.equal(task.status, "pending");
        app.emulator.options.replicate.onCreate = undefined;
        await replicate.deliver(idOf(taskId));
        assert.equal((await ada.task(taskId)).status, "completed");
      } finally {
        Object.assign(app.emulator.options.replicate, { onCreate: undefined, listsWebhooks: true });
      }
    });
  }

  test("that names another host is refused and logged", async () => {
    const { taskId } = await run(suite);
    const [attempt] = await replicate.deliver(idOf(taskId), {
      mutate: (body) => {
        body.urls = { get: "https://api.replicate.evil.example/v1/predictions/x" };
      },
    });
    assert.equal(attempt?.status, 400);
    assert.ok(
      app.lines("webhook_refused").some(({ provider, code }) => provider === "replicate" && code === "malformed_event"),
    );
    assert.equal((await ada.task(taskId)).status, "pending");
  });

  test("without a webhook secret is still told by its token", async () => {
    const open = await startApp({ vars: { REPLICATE_WEBHOOK_SECRET: null } });
    try {
      const other = { ...suite, app: open, ada: await open.as("ada") };
      const { taskId } = await run(other);
      const [attempt] = await open.emulator.replicate.deliver(idOf(taskId), { secret: "whsec_c29tZXRoaW5nIGVsc2U=" });
      assert.equal(attempt?.status, 200);
      assert.equal((await other.ada.task(taskId)).status, "completed");
    } finally {
      await open.close();
    }
  });
});
