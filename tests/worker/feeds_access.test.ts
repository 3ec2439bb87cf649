/** A feed shows nothing to others, and is opened by nobody else. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { feedsOf } from "./support/feeds.ts";
import { upgrade } from "./support/watcher.ts";

const app = await startApp();
const { someone, ticket, feed, startBatch, leave } = feedsOf(app);
after(() => app.close());
afterEach(leave);
const timeout = 40_000;

describe("a feed is its owner's", { timeout }, () => {
  test("and says nothing to others", async () => {
    const [ada, eve] = [await someone(), await someone()];
    const [hers, mine] = [await feed(eve), await feed(ada)];
    const { taskId } = await ada.start();
    const { tasks } = await startBatch(ada);
    for (const id of [taskId, ...tasks.map((task: any) => task.taskId)]) {
      await app.emulator.deliver(id);
      await mine.shows(id, "completed");
    }
    await hers.settled();
    assert.deepEqual(hers.tasks, []);
  });

  test("whatever their name is", async () => {
    // Names that would be one another's if a name were put together carelessly.
    const names = ["o", "O", "o ", "tasks:o", "batch:o", "o:o", "ö", "o/../o"];
    const watchers = [];
    for (const name of names) watchers.push(await feed(await app.as(name)));
    const { taskId } = await (await app.as("o")).start();
    await watchers[0]?.shows(taskId, "pending");
    for (const watcher of watchers.slice(1)) {
      await watcher.settled();
      assert.deepEqual(watcher.tasks, []);
    }
  });

  test("so another's ticket, or a ticket for something else, does not open it", async () => {
    const [ada, eve] = [await someone(), await someone()];
    const task = await ada.start();
    const batch = await startBatch(ada);
    const hers = await startBatch(eve);
    const all = await ticket(ada);
    const refused: [path: string, ticket: string][] = [
      ["/tasks/live", task.live.ticket],
      ["/tasks/live", batch.live.ticket],
      [batch.live.url, task.live.ticket],
      [batch.live.url, hers.live.ticket],
      [task.live.url, all.ticket],
      [task.live.url, batch.live.ticket],
    ];
    for (const [path, given] of refused) {
      const answer = await upgrade(app.base + path, { protocols: ["taskwire", `ticket.${given}`] });
      assert.deepEqual([answer.status, JSON.parse(answer.text).error.code], [401, "invalid_ticket"], path);
    }
    assertRefused(await ada.call(`/tasks/${task.taskId}?ticket=${all.ticket}`), 401, "invalid_ticket");
  });

  test("so another's batch is not found, exactly like one that does not exist", async () => {
    const { live } = await startBatch(await someone());
    const eve = await someone();
    const answers = new Set<string>();
    for (const path of [live.url, "/batches/btc_nobody/live", `/batches/${"x".repeat(200)}/live`]) {
      const answer = await upgrade(app.base + path, { headers: { authorization: `Bearer ${eve.token}` } });
      assert.equal(answer.status, 404, path);
      answers.add(answer.text);
    }
    assert.equal(answers.size, 1);
  });

  test("and is refused to nobody, to foreign pages, and to what is no socket", async () => {
    const ada = await someone();
    const { live } = await startBatch(ada);
    const all = await ticket(ada);
    for (const { url, ticket } of [live, all]) {
      assertRefused(await ada.call(url), 426, "upgrade_required");
      assert.equal((await upgrade(app.base + url)).status, 401);
      assert.equal((await upgrade(app.base + url, { headers: { authorization: "Bearer x" } })).status, 401);
      const foreign = await upgrade(app.base + url, {
        protocols: ["taskwire", `ticket.${ticket}`],
        headers: { origin: "https://evil.example" },
      });
      assert.equal(foreign.status, 403);
    }
    const headers = { authorization: "Bearer nobody" };
    assertRefused(await ada.call("/tasks/ticket", { method: "POST", headers }), 401, "unauthorized");
  });
});
