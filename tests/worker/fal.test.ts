/** fal, from the start to the end of a request. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";
import { itRuns, run, type Suite } from "./support/run_suite.ts";
import { watchRun } from "./support/run_watcher.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 90_000;
const suite: Suite = {
  app,
  ada,
  provider: "fal",
  prefix: "fal_",
  model: "fal-ai/flux/dev",
  key: "FAL_KEY",
  isListed: false,
  noModels: ["", "flux", "fal-ai/", "../flux", "a/b/requests/c", "a/b?x"],
};
const { fal } = app.emulator;
const idOf = (taskId: string) => taskId.slice("fal_".length);
const keyFetches = () => app.emulator.requests.filter(({ path }) => path.endsWith("jwks.json")).length;

itRuns(suite);

describe("a request", { timeout }, () => {
  test("shows its place in the queue and then its progress, by asking", async () => {
    const { taskId, live } = await run(suite);
    const watcher = await watchRun(app.base, live);
    const first = await watcher.until(({ progress }) => progress[0], 15_000);
    assert.match(first.message ?? "", /^Position \d+ in the queue$/);
    assert.equal(first.progress, null);
    fal.step(idOf(taskId), 0.4);
    await watcher.until(({ progress }) => progress.some((frame) => frame.progress === 0.4), 20_000);
    await fal.deliver(idOf(taskId));
    await watcher.task("completed");
    watcher.close();
  });

  test("whose webhook never comes is found by asking for its status and its result", async () => {
    const lost = [await run(suite), await run(suite, { prompt: "[fail]" })];
    const [good, bad] = await Promise.all(lost.map(({ live }) => watchRun(app.base, live)));
    assert.ok(good && bad);
    for (const { taskId } of lost) fal.finish(idOf(taskId));
    assert.equal((await good.task("completed", 20_000)).outputs.length, 1);
    assert.equal((await bad.task("failed", 20_000)).error.code, "content_policy_violation");
    good.close();
    bad.close();
  });

  test("that ends before its submission is answered is taken, and so is one whose answer was lost", async () => {
    app.emulator.options.fal.onSubmit = async ({ id }) => {
      const [attempt] = await fal.deliver(id);
      assert.equal(attempt?.status, 200);
    };
    try {
      assert.equal((await run(suite)).task.status, "completed");
      let lost = "";
      app.emulator.options.fal.onSubmit = ({ id }) => {
        lost = id;
        throw new Error("cut");
      };
      const answer = await ada.post("/tasks", { provider: "fal", model: suite.model, input: { prompt: "a hare" } });
      assert.equal(answer.status, 503, answer.text);
      const [attempt] = await fal.deliver(lost);
      assert.equal(attempt?.status, 200);
      const task = await ada.task(`fal_${lost}`);
      assert.deepEqual([task.status, task.prompt], ["completed", "a hare"]);
    } finally {
      app.emulator.options.fal.onSubmit = undefined;
    }
  });

  test("that runs may be canceled too late, and then ends as planned", async () => {
    const { taskId } = await run(suite, { prompt: "[stubborn]" });
    fal.step(idOf(taskId), 0.2);
    const answer = await ada.post(`/tasks/${taskId}/cancel`, {});
    assert.deepEqual([answer.status, answer.body.task.status], [202, "pending"]);
    await fal.deliver(idOf(taskId));
    assert.equal((await ada.task(taskId)).status, "completed");
  });

  test("that runs and is canceled has failed once its provider says so", async () => {
    const { taskId } = await run(suite);
    fal.step(idOf(taskId), 0.2);
    const answer = await ada.post(`/tasks/${taskId}/cancel`, {});
    assert.equal(answer.status, 202);
    assert.equal((await ada.task(taskId)).error.code, "canceled");
  });
});

describe("the keys", { timeout }, () => {
  test("are fetched once for many webhooks, and each of the set is tried", async () => {
    const before = keyFetches();
    assert.equal(before, 1, "by all the webhooks so far");
    const { taskId } = await run(suite);
    const [stranger] = await fal.deliver(idOf(taskId), { key: fal.strangersKey() });
    assert.equal(stranger?.status, 401);
    const [good] = await fal.deliver(idOf(taskId));
    assert.equal(good?.status, 200);
    assert.equal(keyFetches(), before);
  });

  test("that are away do not lose a delivery: 503, and the provider comes again", async () => {
    const fresh = await startApp({ emulator: { fal: { servesKeys: false } } });
    try {
      const other = { ...suite, app: fresh, ada: await fresh.as("ada") };
      const { taskId } = await run(other);
      const [refused] = await fresh.emulator.fal.deliver(idOf(taskId));
      assert.equal(refused?.status, 503);
      fresh.emulator.options.fal.servesKeys = true;
      const [taken] = await fresh.emulator.fal.deliver(idOf(taskId));
      assert.equal(taken?.status, 200);
      assert.equal((await other.ada.task(taskId)).status, "completed");
    } finally {
      await fresh.close();
    }
  });

  test("that are new are found among the old ones", async () => {
    const fresh = await startApp();
    try {
      const other = { ...suite, app: fresh, ada: await fresh.as("ada") };
      const { taskId } = await run(other);
      fresh.emulator.fal.rotate();
      const [old] = await fresh.emulator.fal.deliver(idOf(taskId));
      assert.equal(old?.status, 200);
    } finally {
      await fresh.close();
    }
  });
});
