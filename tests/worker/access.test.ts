/** The provider's own token for a task, for callers that ask for one: theirs, and nobody else's. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "./support/app.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 30_000;

for (const generation of ["g1", "g2", "g3", "g4"] as const) {
  describe(`on wire ${generation}, the provider's token for a task`, { timeout }, () => {
    test("is asked for as the caller asks, handed to the caller, and is nowhere else", async () => {
      app.emulator.options.generation = generation;
      const access = { pat: { enabled: true } };
      const key = { "idempotency-key": `access-${generation}` };
      const answer = await ada.generate({ count: 1, access }, key);
      assert.equal(answer.status, 201, answer.text);
      const { taskId } = answer.body;
      const token = app.emulator.tasks.get(taskId)?.publicAccessToken;
      assert.deepEqual(answer.body.access, { publicAccessToken: token });
      const asked: any = app.emulator.requests.findLast(({ method }) => method === "POST")?.body;
      assert.deepEqual(asked.access, access);

      const again = await ada.generate({ count: 1, access }, key);
      assert.deepEqual([again.body.taskId, again.body.access], [taskId, { publicAccessToken: token }]);

      await app.emulator.deliver(taskId);
      const watcher = await app.watch(answer.body.live);
      const shown = [
        await watcher.task("completed"),
        await ada.task(taskId),
        await ada.list("?limit=1"),
        await app.rows(taskId),
        app.logs,
      ];
      assert.ok(!JSON.stringify(shown).includes("pat_"), "the token got out");
    });
  });
}

test("a start whose webhook was first still hands the token over", { timeout }, async () => {
  app.emulator.options.generation = "g4";
  app.emulator.options.onCreate = async ({ id }) => void (await app.emulator.deliver(id));
  const { body } = await ada.generate({ count: 1, access: true });
  app.emulator.options.onCreate = undefined;
  assert.equal(body.task.status, "completed");
  assert.deepEqual(body.access, { publicAccessToken: app.emulator.tasks.get(body.taskId)?.publicAccessToken });
});
