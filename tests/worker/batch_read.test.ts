/** `GET /batches/{id}`: a batch without a socket, for its owner and for whoever has a ticket that shows it. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { type Answer, type Api, assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { watchFeed } from "./support/feed_watcher.ts";
import { upgrade } from "./support/watcher.ts";

const app = await startApp();
after(() => app.close());
const [ada, eve] = await Promise.all([app.as("ada"), app.as("eve")]);
const timeout = 30_000;

afterEach(() => {
  app.emulator.options.refuseCreate = undefined;
});

async function start(fields: object = {}): Promise<any> {
  const answer = await ada.post("/generate/batch", { prompts: ["a fox", "a hare"], models: ["m/x"], ...fields });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

function read(id: string, tag?: string | null, user: Api = ada): Promise<Answer> {
  return user.call(`/batches/${id}`, tag ? { headers: { "if-none-match": tag } } : {});
}

async function ticketOf(user: Api, path: string): Promise<string> {
  return (await user.call(path, { method: "POST" })).body.ticket;
}

describe("a batch that is read", { timeout }, () => {
  test("is all of its tasks as they are now, newest first", async () => {
    const { batchId, tasks } = await start();
    const [first, second] = tasks.map(({ taskId }: any) => taskId);
    await app.emulator.deliver(first);
    const { status, body } = await read(batchId);
    assert.deepEqual([status, Object.keys(body).sort(), body.batchId], [200, ["batchId", "tasks"], batchId]);
    assert.deepEqual(body.tasks, [await ada.task(second), await ada.task(first)]);
  });

  test("is said in a line to be what the caller has, until any of its tasks changes", async () => {
    const { batchId, tasks } = await start();
    let tag = (await read(batchId)).headers.get("etag");
    for (const { taskId } of tasks) {
      const same = await read(batchId, tag);
      assert.deepEqual([same.status, same.text], [304, ""]);
      await app.emulator.deliver(taskId);
      const changed = await read(batchId, tag);
      assert.equal(changed.status, 200);
      assert.equal(changed.body.tasks.find((task: any) => task.taskId === taskId).status, "completed");
      tag = changed.headers.get("etag");
    }
  });

  test("has also the tasks that the provider refused, where it took another, and why", async () => {
    const { batchId, tasks } = await start({ prompts: ["a fox", "a hare [refuse-402]"] });
    const { body } = await read(batchId);
    assert.deepEqual(
      body.tasks.map(({ taskId, status, error }: any) => [taskId, status, error?.code ?? null]),
      [
        [null, "failed", "insufficient_balance"],
        [tasks[0].taskId, "pending", null],
      ],
    );
  });

  test("is no more, and has left no row, where the provider refused all of it", async () => {
    const { batchId, tasks } = await start({ prompts: ["a fox [refuse-402]", "a hare [refuse-402]"] });
    assert.deepEqual(
      tasks.map(({ error }: any) => error.code),
      ["insufficient_balance", "insufficient_balance"],
    );
    assertRefused(await read(batchId), 404, "not_found");
    assert.deepEqual(await app.sql("SELECT id FROM tasks WHERE batch_id = ?", batchId), []);
  });

  test("is shown to the holder of a ticket for it, or for all tasks of its owner, and so is its socket", async () => {
    const { batchId, live, tasks } = await start();
    for (const ticket of [
      live.ticket,
      await ticketOf(ada, `/batches/${batchId}/ticket`),
      await ticketOf(ada, "/tasks/ticket"),
    ]) {
      const answer = await call(`${app.base}/batches/${batchId}?ticket=${ticket}`);
      assert.deepEqual([answer.status, answer.body.tasks.length], [200, 2]);
      const watcher = await watchFeed(app.base, { url: `/batches/${batchId}/live`, ticket });
      for (const { taskId } of tasks) await watcher.shows(taskId, "pending");
      watcher.terminate();
    }
  });

  test("is nothing to anybody else, by whatever ticket", async () => {
    const { batchId, tasks } = await start();
    assertRefused(await read(batchId, null, eve), 404, "not_found");
    assertRefused(await read("btc_of_nobody"), 404, "not_found");
    assertRefused(await call(`${app.base}/batches/${batchId}`), 401, "unauthorized");
    const other = (await start()).batchId;
    const foreign = await ticketOf(eve, "/tasks/ticket");
    assertRefused(await call(`${app.base}/batches/${batchId}?ticket=${foreign}`), 404, "not_found");
    assert.equal((await upgrade(`${app.base}/batches/${batchId}/live?ticket=${foreign}`)).status, 404);
    for (const path of [`/batches/${other}/ticket`, `/tasks/${tasks[0].taskId}/ticket`, "/content/ticket"]) {
      const ticket = await ticketOf(ada, path);
      assertRefused(await call(`${app.base}/batches/${batchId}?ticket=${ticket}`), 401, "invalid_ticket", path);
    }
  });
});
