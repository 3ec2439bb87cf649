/** Feeds: all tasks of a user on one socket, or all of a batch. Nothing is missed, nothing is shown to others. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { type Api, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { WORKER } from "./support/deployment.ts";
import { eventually } from "./support/eventually.ts";
import { type FeedWatcher, watchFeed } from "./support/feed_watcher.ts";
import { upgrade } from "./support/watcher.ts";

const app = await startApp({ shim: true });
after(() => app.close());
const timeout = 40_000;
/** Rows that D1 did not take are written again, and shown again, after 2 s, then 4 s, then 8 s. */
const HEALED_MS = 15_000;

const open: FeedWatcher[] = [];
afterEach(() => {
  for (const watcher of open.splice(0)) watcher.terminate();
  app.emulator.options.onCreate = undefined;
});

/** Each test has a user of its own: a feed shows all that a user ever had. */
let users = 0;
function someone(): Promise<Api> {
  users += 1;
  return app.as(`user ${users}`);
}

async function keep(opening: Promise<FeedWatcher>): Promise<FeedWatcher> {
  const watcher = await opening;
  open.push(watcher);
  return watcher;
}

/** A ticket for the feed of all the user's tasks. */
async function ticket(user: Api): Promise<{ url: string; ticket: string }> {
  const answer = await user.call("/tasks/ticket", { method: "POST" });
  assert.equal(answer.status, 200, answer.text);
  return { url: "/tasks/live", ticket: answer.body.ticket };
}

async function feed(user: Api): Promise<FeedWatcher> {
  return keep(watchFeed(app.base, await ticket(user)));
}

async function startBatch(user: Api, fields: object = {}): Promise<any> {
  const answer = await user.post("/generate/batch", { prompts: ["a fox", "a hare"], models: ["m/x"], ...fields });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

function evictFeed(name: string): Promise<void> {
  return app.worker.unsafeEvictDurableObject(WORKER, "FeedRoom", { name, webSockets: "hibernate" });
}

describe("the feed of all tasks", { timeout }, () => {
  test("shows what is there, and then every change of every task", async () => {
    const user = await someone();
    const first = await user.start({ prompt: "first" });
    await app.emulator.deliver(first.taskId);
    const second = await user.start({ prompt: "second" });
    const watcher = await feed(user);
    await watcher.shows(second.taskId, "pending");
    assert.deepEqual(watcher.ids, [first.taskId, second.taskId]);
    assert.deepEqual(watcher.newest(first.taskId), await user.task(first.taskId));
    assert.deepEqual(watcher.newest(second.taskId), second.task);

    const third = await user.start({ prompt: "third" });
    assert.deepEqual(await watcher.shows(third.taskId, "pending"), third.task);
    await app.emulator.deliver(third.taskId);
    await app.emulator.deliver(second.taskId, { event: "failed" });
    const shown = [await watcher.shows(second.taskId, "failed"), await watcher.shows(third.taskId, "completed")];
    for (const task of shown) assert.deepEqual(task, await user.task(task.taskId));
  });

  test("opens by a token as by a ticket, and is the same", async () => {
    const user = await someone();
    const { taskId } = await user.start();
    const byToken = await keep(watchFeed(app.base, { url: "/tasks/live", token: user.token }));
    const byQuery = await ticket(user);
    const watchers = [byToken, await feed(user), await keep(watchFeed(app.base, { url: `/tasks/live?ticket=${byQuery.ticket}`, token: "" }))];
    await app.emulator.deliver(taskId);
    const shown = await Promise.all(watchers.map((watcher) => watcher.shows(taskId, "completed")));
    for (const task of shown) assert.deepEqual(task, shown[0]);
  });

  test("shows a task of any kind", async () => {
    const user = await someone();
    const watcher = await feed(user);
    const request = { url: "https://pictures.example/fox.png" };
    const { taskId } = (await user.post("/tasks", { kind: "image.rate", request })).body;
    await app.emulator.deliver(taskId);
    assert.deepEqual((await watcher.shows(taskId, "completed")).result, { level: "sfw" });
  });

  test("shows who comes back what came meanwhile", async () => {
    const user = await someone();
    const [one, two] = [await user.start(), await user.start()];
    const before = await feed(user);
    await before.shows(two.taskId, "pending");
    before.terminate();
    await app.emulator.deliver(one.taskId);
    const three = await user.start();
    await app.emulator.deliver(three.taskId, { event: "failed" });
    const again = await feed(user);
    await again.shows(three.taskId, "failed");
    assert.deepEqual(again.ids, [one.taskId, two.taskId, three.taskId]);
    assert.deepEqual(again.tasks.map(({ status }) => status), ["completed", "pending", "failed"]);
  });

  test("begins with the newest hundred, oldest of these first", async () => {
    const user = await someone();
    const started: string[] = [];
    const prompts = ["a", "b", "c", "d", "e", "f"];
    for (let i = 0; i < 6; i++) {
      const { tasks } = await startBatch(user, { prompts, models: ["m/1", "m/2", "m/3"] });
      started.push(...tasks.map(({ taskId }: any) => taskId));
    }
    assert.equal(started.length, 108);
    const watcher = await feed(user);
    await watcher.until(({ ids }) => ids.length >= 100);
    await watcher.settled();
    assert.deepEqual(watcher.ids, started.slice(-100));
  });

  test("misses nothing for those who come while everything happens at once", async () => {
    const user = await someone();
    const started = await Promise.all(Array.from({ length: 20 }, () => user.start()));
    const access = await ticket(user);
    const opening = [];
    const delivering = [];
    for (const { taskId } of started) {
      opening.push(...Array.from({ length: 4 }, () => keep(watchFeed(app.base, access))));
      delivering.push(app.emulator.deliver(taskId));
    }
    await Promise.all(delivering);
    for (const watcher of await Promise.all(opening)) {
      for (const { taskId } of started) await watcher.shows(taskId, "completed");
    }
  });

  test("leaves out a start that the provider refused: nothing ever comes of it", async () => {
    const user = await someone();
    assert.equal((await user.generate({ prompt: "[refuse-402]" })).status, 502);
    const { taskId } = await user.start();
    const watcher = await feed(user);
    await watcher.shows(taskId, "pending");
    await watcher.settled();
    assert.deepEqual(watcher.ids, [taskId]);
  });

  test("answers pings, and closes on who sends too much", async () => {
    const watcher = await feed(await someone());
    await watcher.settled();
    assert.deepEqual(watcher.words, ["pong"]);
    watcher.socket.send("x".repeat(5000));
    assert.equal((await watcher.until(({ closed }) => closed)).code, 1009);
  });
});

describe("the feed of a batch", { timeout }, () => {
  test("shows the tasks of the batch, and no other task of its user", async () => {
    const user = await someone();
    const { batchId, tasks, live } = await startBatch(user);
    assert.equal(live.url, `/batches/${batchId}/live`);
    const [byTicket, byToken] = [await keep(watchFeed(app.base, live)), await keep(watchFeed(app.base, { url: live.url, token: user.token }))];
    const other = await user.start();
    await app.emulator.deliver(other.taskId);
    const ids = tasks.map(({ taskId }: any) => taskId);
    for (const watcher of [byTicket, byToken]) {
      await watcher.shows(ids[1], "pending");
      assert.deepEqual(watcher.tasks, tasks.map(({ task }: any) => task));
    }
    for (const id of ids) await app.emulator.deliver(id);
    for (const watcher of [byTicket, byToken]) {
      for (const id of ids) assert.deepEqual(await watcher.shows(id, "completed"), await user.task(id));
      await watcher.settled();
      assert.deepEqual(watcher.ids, ids);
    }
  });

  test("shows what came meanwhile to who comes late, and to the feed of all", async () => {
    const user = await someone();
    const all = await feed(user);
    const { tasks, live } = await startBatch(user);
    for (const { taskId } of tasks) await app.emulator.deliver(taskId);
    const late = await keep(watchFeed(app.base, live));
    for (const { taskId } of tasks) assert.deepEqual(await late.shows(taskId, "completed"), await all.shows(taskId, "completed"));
  });
});

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
      [batch.live.url, all.ticket],
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
      const foreign = await upgrade(app.base + url, { protocols: ["taskwire", `ticket.${ticket}`], headers: { origin: "https://evil.example" } });
      assert.equal(foreign.status, 403);
    }
    const headers = { authorization: "Bearer nobody" };
    assertRefused(await ada.call("/tasks/ticket", { method: "POST", headers }), 401, "unauthorized");
  });
});

describe("a feed survives", { timeout }, () => {
  test("its own eviction, and that of its tasks' rooms", async () => {
    const user = await someone();
    const one = await user.start();
    const batch = await startBatch(user);
    const ids = [one.taskId, ...batch.tasks.map(({ taskId }: any) => taskId)];
    const [all, own] = [await feed(user), await keep(watchFeed(app.base, batch.live))];
    await all.shows(ids[2], "pending");
    const name = `tasks:${one.task.userId}`;
    await evictFeed(name);
    await evictFeed(`batch:${batch.batchId}`);
    for (const id of ids) await app.evict(id);
    await app.emulator.deliver(ids[0]);
    await all.shows(ids[0], "completed");
    await evictFeed(name);
    for (const id of ids.slice(1)) {
      await app.emulator.deliver(id);
      assert.deepEqual(await all.shows(id, "completed"), await own.shows(id, "completed"));
    }
    assert.deepEqual([all.closed, own.closed], [null, null]);
  });

  test("a sleep in which pings are answered without waking it", async () => {
    const user = await someone();
    const watcher = await feed(user);
    const name = `tasks:user ${users}`;
    await evictFeed(name);
    await watcher.settled();
    await assert.rejects(evictFeed(name), /not currently running/);
  });

  test("D1 being away when a webhook comes", async () => {
    const user = await someone();
    const { taskId } = await user.start();
    const watcher = await feed(user);
    await watcher.shows(taskId, "pending");
    const access = await ticket(user);
    await app.sql("ALTER TABLE tasks RENAME TO away");
    try {
      const [attempt] = await app.emulator.deliver(taskId);
      assert.equal(attempt?.status, 200);
      // Who watches does not wait for D1, and who comes now is told to come again.
      await watcher.shows(taskId, "completed");
      const late = await upgrade(app.base + access.url, { protocols: ["taskwire", `ticket.${access.ticket}`] });
      assert.equal(late.status, 503);
    } finally {
      await app.sql("ALTER TABLE away RENAME TO tasks");
    }
    const again = await feed(user);
    await again.shows(taskId, "completed", HEALED_MS);
    await eventually(async () => (await app.rows(taskId)).task?.status === "completed", HEALED_MS);
    await watcher.settled();
  });
});

describe("a feed never goes back", { timeout }, () => {
  test("when tasks end before their starts have been answered", async () => {
    const user = await someone();
    const [one, two] = [await feed(user), await feed(user)];
    app.emulator.options.onCreate = async ({ id }) => void app.emulator.deliver(id, { copies: 3 });
    const started = await Promise.all(Array.from({ length: 24 }, () => user.start()));
    const late = await feed(user);
    for (const watcher of [one, two, late]) {
      for (const { taskId } of started) await watcher.shows(taskId, "completed");
      await watcher.settled();
    }
  });

  test("when D1 takes its time with the start, and not with the end", async () => {
    const user = await someone();
    const watcher = await feed(user);
    const made = Promise.withResolvers<string>();
    app.emulator.options.onCreate = async ({ id }) => {
      await app.shim("hang");
      made.resolve(id);
    };
    const starting = user.start();
    try {
      // The room is writing the start; the end overtakes it.
      const taskId = await made.promise;
      await eventually(async () => (await app.shim())[taskId]?.d1Batches === 1, 5000);
      await app.shim("ok");
      await app.emulator.deliver(taskId);
      await watcher.shows(taskId, "completed");
      assert.equal((await starting).taskId, taskId);
      await watcher.settled();
      assert.equal(watcher.newest(taskId).version, 2);
    } finally {
      await app.shim("ok");
    }
  });
});
