/** The book of whoever erases: what a provider may have charged stays in it. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Api } from "./support/api.ts";
import { type App, startApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";

const apps: App[] = [];
after(() => Promise.all(apps.map((app) => app.close())));

async function limited(prices: object): Promise<App> {
  const limits = { default: { running: 2, budget: { amount: "10", per: "30d" } } };
  const app = await startApp({
    shim: true,
    vars: { LIMITS: JSON.stringify(limits), PRICES: JSON.stringify(prices) },
  });
  apps.push(app);
  return app;
}

/** Spent, reserved, and how many run. */
async function sums(user: Api): Promise<(string | number)[]> {
  const { budget, running } = (await user.call("/usage")).body;
  return [budget.spent, budget.reserved, running.now];
}

const become = (user: Api, wanted: (string | number)[]) =>
  eventually(async () => JSON.stringify(await sums(user)) === JSON.stringify(wanted), 10_000, `${wanted}`);

/** Starts a request at ModelRiver, and erases all that its user has. */
async function erased(app: App, user: Api, content: string): Promise<string> {
  const { body } = await user.post("/ai", { workflow: "films", messages: [{ role: "user", content }] });
  assert.deepEqual(await sums(user), ["0.00", "0.02", 1]);
  assert.equal((await user.call("/users/me", { method: "DELETE" })).status, 202);
  const isGone = async () => (await app.sql("SELECT * FROM erasures")).length === 0;
  await eventually(isGone, 10_000, "all is erased");
  assert.equal((await user.call(`/channels/${body.channelId}`)).status, 404);
  return body.channelId;
}

describe("a channel that was erased while it was under way", { timeout: 60_000 }, () => {
  for (const [how, content, wanted] of [
    ["costs what was reserved once its result has come", "a film", ["0.02", "0.00", 0]],
    ["costs nothing once it has failed", "a film [fail]", ["0.00", "0.00", 0]],
  ] as const) {
    test(`counts as running until its end, and ${how}`, async () => {
      const app = await limited({ films: "0.02" });
      const ada = await app.as("ada");
      const channelId = await erased(app, ada, content);
      assert.deepEqual(await sums(ada), ["0.00", "0.02", 1], "nobody gets round a limit by erasing");
      const [attempt] = await app.emulator.modelriver.deliver(channelId);
      assert.equal(attempt?.status, 200);
      await become(ada, [...wanted]);
      assert.deepEqual(await app.sql("SELECT * FROM ai_content"), []);
    });
  }
});

describe("the estimate in the answer to a start", { timeout: 60_000 }, () => {
  test("replaces the operator's price, and counts for a task that is erased", async () => {
    const app = await limited({ "*": "5" });
    const ada = await app.as("ada");
    const request = { url: "https://pictures.example/fox.png" };
    const { body } = await ada.post("/tasks", { kind: "image.alt", request });
    await become(ada, ["0.00", "0.001", 1]);
    assert.equal((await ada.call(`/tasks/${body.taskId}`, { method: "DELETE" })).status, 204);
    assert.deepEqual(await sums(ada), ["0.00", "0.001", 1]);
  });
});
