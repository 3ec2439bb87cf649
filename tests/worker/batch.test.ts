/** `POST /generate/batch`: every prompt with every model, at once, and each task on its own. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, describe, test } from "node:test";
import { type Answer, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 30_000;
/** Starts under way at once. */
const SIDE_BY_SIDE = 6;

afterEach(() => {
  app.emulator.options.onCreate = undefined;
});

const names = (word: string, many: number) => Array.from({ length: many }, (_, i) => `${word} ${i}`);

function post(fields: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
  return ada.post("/generate/batch", { prompts: ["a fox", "a hare"], models: ["m/x", "m/y"], ...fields }, headers);
}

async function start(fields: object = {}, headers: Record<string, string> = {}): Promise<any> {
  const answer = await post(fields, headers);
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

async function rows(): Promise<number> {
  return (await app.sql("SELECT count(*) AS many FROM tasks"))[0]?.many;
}

describe("a batch", { timeout }, () => {
  test("is a task for every prompt with every model, in that order", async () => {
    const before = app.starts;
    const body = await start({ count: 2, size: "square", metadata: { album: 7 } });
    assert.deepEqual(Object.keys(body).sort(), ["batchId", "live", "tasks"]);
    assert.match(body.batchId, /^[A-Za-z0-9_-]{10,64}$/);
    assert.equal(body.live.url, `/batches/${body.batchId}/live`);
    assert.ok(Date.parse(body.live.expiresAt) > Date.now());
    const pairs = body.tasks.map(({ task }: any) => [task.prompt, task.requestedModel]);
    assert.deepEqual(pairs, [
      ["a fox", "m/x"],
      ["a fox", "m/y"],
      ["a hare", "m/x"],
      ["a hare", "m/y"],
    ]);
    assert.equal(app.starts, before + 4);
    for (const entry of body.tasks) {
      assert.deepEqual(Object.keys(entry).sort(), ["access", "task", "taskId"]);
      const { taskId, task, access } = entry;
      assert.deepEqual(access, { publicAccessToken: app.emulator.tasks.get(taskId)?.publicAccessToken });
      assert.deepEqual([task.taskId, task.status, task.version, task.userId], [taskId, "pending", 1, "ada"]);
      assert.deepEqual([task.images.length, task.metadata], [2, { album: 7 }]);
      assert.deepEqual(await ada.task(taskId), task);
      const sent = app.emulator.tasks.get(taskId)?.request;
      assert.deepEqual(
        [sent?.prompt, sent?.model, sent?.count, sent?.size],
        [task.prompt, task.requestedModel, 2, "square"],
      );
      assert.equal((await app.rows(taskId)).task?.batch_id, body.batchId);
    }
    const listed = (await ada.list("?limit=4")).tasks.map(({ taskId }: any) => taskId);
    assert.deepEqual(
      listed.reverse(),
      body.tasks.map(({ taskId }: any) => taskId),
    );
  });

  test("ends task by task, each as its own webhook says", async () => {
    const { tasks } = await start();
    const [first, second, ...others] = tasks.map(({ taskId }: any) => taskId);
    await app.emulator.deliver(first);
    await app.emulator.deliver(second, { event: "failed" });
    assert.deepEqual([(await ada.task(first)).status, (await ada.task(second)).status], ["completed", "failed"]);
    for (const id of others) assert.equal((await ada.task(id)).status, "pending");
    const pictures = (await ada.task(first)).images.map(({ imageId }: any) => imageId);
    assert.deepEqual(
      pictures,
      app.emulator.tasks.get(first)?.images.map((image) => image.ok && image.id),
    );
  });

  test("finds its tasks also where webhooks come before the answers", async () => {
    app.emulator.options.onCreate = async ({ id }) => void (await app.emulator.deliver(id));
    const { tasks } = await start();
    assert.deepEqual(
      tasks.map(({ task }: any) => task.status),
      Array(4).fill("completed"),
    );
    for (const { taskId, task } of tasks) assert.equal(task.prompt, app.emulator.tasks.get(taskId)?.request.prompt);
  });

  test("says of each task by itself what the provider refused", async () => {
    const { tasks } = await start({ prompts: ["a fox", "[refuse-402]", "a hare", "[refuse-html]"], models: ["m/x"] });
    assert.deepEqual(
      tasks.map((entry: any) => entry.error?.code ?? entry.task.status),
      ["pending", "insufficient_balance", "pending", "provider_unavailable"],
    );
    for (const entry of tasks.filter((entry: any) => entry.error)) {
      assert.deepEqual(Object.keys(entry), ["error"]);
      assert.deepEqual(Object.keys(entry.error).sort(), ["code", "message"]);
    }
    const listed = (await ada.list("?limit=4")).tasks.reverse();
    assert.deepEqual(
      listed.map(({ status, error }: any) => error?.code ?? status),
      ["pending", "insufficient_balance", "pending", "provider_unavailable"],
    );
    await app.emulator.deliver(tasks[2].taskId);
    assert.equal((await ada.task(tasks[2].taskId)).status, "completed");
  });

  test("of refusals only says why of each, and leaves no row", async () => {
    const { tasks, batchId } = await start({ prompts: ["[refuse-429]"] });
    assert.deepEqual(
      tasks.map(({ error }: any) => error.code),
      ["provider_rate_limited", "provider_rate_limited"],
    );
    assert.deepEqual(await app.sql("SELECT id FROM tasks WHERE batch_id = ?", batchId), []);
  });

  test(`of twenty is started ${SIDE_BY_SIDE} side by side, and no more`, async () => {
    const gate = Promise.withResolvers<void>();
    let [inside, most] = [0, 0];
    app.emulator.options.onCreate = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await gate.promise;
      inside -= 1;
    };
    const before = app.emulator.tasks.size;
    const starting = start({ prompts: names("p", 4), models: names("m", 5) });
    await app.emulator.until(() => app.emulator.tasks.size >= before + SIDE_BY_SIDE);
    // A call that goes the same way: a seventh start would have been there before it.
    assert.equal((await ada.post("/estimate", { prompt: "a fox", model: "m" })).status, 200);
    assert.equal(app.emulator.tasks.size, before + SIDE_BY_SIDE);
    gate.resolve();
    const { tasks } = await starting;
    assert.equal(new Set(tasks.map(({ taskId }: any) => taskId)).size, 20);
    assert.equal(most, SIDE_BY_SIDE);
  });

  test("goes on when its caller hangs up", async () => {
    const user = await app.as("grace");
    const gate = Promise.withResolvers<void>();
    app.emulator.options.onCreate = () => gate.promise;
    const before = app.emulator.tasks.size;
    const hangUp = new AbortController();
    const body = JSON.stringify({ prompts: names("p", 4), models: names("m", 2) });
    const headers = { "content-type": "application/json" };
    const asked = user.call("/generate/batch", { method: "POST", body, headers, signal: hangUp.signal });
    await app.emulator.until(() => app.emulator.tasks.size > before);
    hangUp.abort();
    await assert.rejects(asked);
    gate.resolve();
    const started = await eventually(async () => {
      const { tasks } = await user.list();
      return tasks.length === 8 && tasks.every(({ taskId }: any) => taskId !== null) && tasks;
    }, 10_000);
    assert.equal(app.emulator.tasks.size, before + 8);
    await app.emulator.deliver(started[0].taskId);
    assert.equal((await user.task(started[0].taskId)).status, "completed");
  });
});

describe("a batch is refused whole, before any provider call,", { timeout }, () => {
  const wrong: Record<string, [fields: object, paths: string[]]> = {
    "for 21 tasks": [{ prompts: names("p", 3), models: names("m", 7) }, [""]],
    "for 21 prompts": [{ prompts: names("p", 21), models: ["m"] }, ["prompts"]],
    "without a prompt": [{ prompts: [] }, ["prompts"]],
    "without a model": [{ models: undefined }, ["models"]],
    "for one prompt that is blank": [{ prompts: ["a fox", " "] }, ["prompts[1]"]],
    "for one model that is none": [{ models: ["m/x", "m/y", 5] }, ["models[2]"]],
    "for an option that is wrong": [{ count: 21, promt: "x" }, ["count", "promt"]],
    "for a prompt beside the prompts": [{ prompt: "a fox" }, ["prompt"]],
  };
  for (const [name, [fields, paths]] of Object.entries(wrong)) {
    test(name, async () => {
      const [starts, many] = [app.starts, await rows()];
      const answer = await post(fields);
      assertRefused(answer, 422, "validation_error");
      assert.deepEqual(answer.body.error.issues.map(({ path }: any) => path).sort(), paths);
      assert.deepEqual([app.starts, await rows()], [starts, many]);
    });
  }

  test("and so is one by nobody, or one that is no POST", async () => {
    const starts = app.starts;
    assertRefused(await post({}, { authorization: "Bearer nobody" }), 401, "unauthorized");
    const answer = await ada.call("/generate/batch");
    assertRefused(answer, 405, "method_not_allowed");
    assert.equal(answer.headers.get("allow"), "POST");
    assert.equal(app.starts, starts);
  });
});

describe("an Idempotency-Key of a batch", { timeout }, () => {
  const key = () => ({ "idempotency-key": randomUUID() });

  test("gives the same batch, as it is by then, and starts nothing again", async () => {
    const same = key();
    const first = await start({}, same);
    const starts = app.starts;
    await app.emulator.deliver(first.tasks[1].taskId);
    const second = await start({}, same);
    assert.equal(second.batchId, first.batchId);
    assert.deepEqual(
      second.tasks.map(({ taskId }: any) => taskId),
      first.tasks.map(({ taskId }: any) => taskId),
    );
    assert.deepEqual(
      second.tasks.map(({ task }: any) => task.status),
      ["pending", "completed", "pending", "pending"],
    );
    assert.equal(app.starts, starts);
  });

  test("gives the same refusals, also where there is nothing else", async () => {
    for (const [i, prompts] of [
      ["a fox", "[refuse-402]"],
      ["[refuse-402]", "[refuse-402] again"],
    ].entries()) {
      const fields = { prompts, models: ["m/x"] };
      const same = key();
      const [first, second] = [await start(fields, same), await start(fields, same)];
      assert.deepEqual(second, { ...first, live: second.live }, `round ${i}`);
    }
  });

  test("waits for the first where they come together", async () => {
    const same = key();
    const before = app.starts;
    const bodies = await Promise.all(Array.from({ length: 5 }, () => start({}, same)));
    assert.equal(app.starts, before + 4);
    for (const { batchId, tasks } of bodies) {
      assert.equal(batchId, bodies[0].batchId);
      assert.deepEqual(
        tasks.map(({ taskId }: any) => taskId),
        bodies[0].tasks.map(({ taskId }: any) => taskId),
      );
    }
  });

  test("stands for one request, and for its user", async () => {
    const same = key();
    const { batchId } = await start({}, same);
    const starts = app.starts;
    assertRefused(await post({ prompts: ["another"] }, same), 409, "idempotency_conflict");
    assertRefused(await ada.generate({}, same), 409, "idempotency_conflict");
    assert.equal(app.starts, starts);
    const eve = await app.as("eve");
    const hers = await eve.post("/generate/batch", { prompts: ["a fox", "a hare"], models: ["m/x", "m/y"] }, same);
    assert.equal(hers.status, 201);
    assert.notEqual(hers.body.batchId, batchId);
  });
});
