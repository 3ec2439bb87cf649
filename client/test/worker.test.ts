// The client against the built Worker in workerd, over connections that are cut at random: no update is lost, no
// version goes back, no task is started twice.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Random } from "../../chaos/random.ts";
import { startApp } from "../../tests/worker/support/app.ts";
import { eventually } from "../../tests/worker/support/eventually.ts";
import { ticketOf } from "../../tests/worker/support/tickets.ts";
import { createTaskwire, type Task } from "../src/index.ts";
import { Watcher } from "./fixtures.ts";
import { Queue } from "./queue.ts";
import { RoughRoad } from "./rough_road.ts";

const app = await startApp();
const road = await RoughRoad.to(app.base);
after(async () => {
  await road.close();
  await app.close();
});

const CUTS = 200;
const TASKS = 24;
/** The backoff is 16 s at most. */
const SETTLED_MS = 40_000;

/** Printed in the test's name. It repeats the order of the steps, but not their timing. */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

const chance = new Random(seed);

function pick<T>(from: Iterable<T>): T | undefined {
  const all = [...from];
  return all.length > 0 ? chance.pick(all) : undefined;
}

test(`after ${CUTS} cuts, versions have only risen, and all values are the server's (seed ${seed})`, {
  timeout: 240_000,
}, async (t) => {
  const sub = "ada";
  const token = await app.emulator.token({ sub });
  const taskwire = createTaskwire({ url: road.url, getToken: () => token });
  const direct = await app.as(sub);
  t.after(() => taskwire.close());

  const list = new Watcher(taskwire.tasks());
  const watchers = new Map<string, Watcher<Task>>();
  const undelivered: string[] = [];

  async function start(): Promise<void> {
    const { taskId } = await taskwire.generate({ prompt: "a fox", model: "m/x", count: 2 });
    watchers.set(taskId, new Watcher(taskwire.task(taskId)));
    undelivered.push(taskId);
  }

  const starting: Promise<void>[] = [];
  let delivered = 0;
  while (road.cuts < CUTS || delivered < TASKS) {
    if (starting.length < TASKS && chance.chance(0.3)) starting.push(start());
    // Deliveries are spread over the cuts, so that sockets stay open until the end.
    const taskId = road.cuts >= (CUTS * delivered) / TASKS ? pick(undelivered) : undefined;
    if (taskId !== undefined) {
      undelivered.splice(undelivered.indexOf(taskId), 1);
      delivered += 1;
      await app.emulator.deliver(taskId, chance.chance(0.3) ? { event: "failed" } : {});
    }
    if (road.cuts < CUTS) {
      // Mostly sockets. Now and then a request, whose answer is lost.
      const one = chance.chance(0.05) ? pick(road.requests) : pick(road.sockets);
      if (one) road.cut(one);
    }
    // One round trip, to let connections come back.
    await direct.call("/healthz");
  }
  await Promise.all(starting);

  assert.ok(road.cuts >= CUTS);
  assert.equal(watchers.size, TASKS);
  assert.equal(app.starts, TASKS);
  const settled = [...watchers.values()].map((watcher) =>
    watcher.values.until(() => watcher.last?.status !== "pending", SETTLED_MS),
  );
  await Promise.all(settled);
  for (const [taskId, watcher] of watchers) {
    const versions = watcher.values.all.map(({ version }) => version);
    assert.deepEqual(
      versions,
      [...new Set(versions)].toSorted((a, b) => a - b),
      taskId,
    );
    assert.deepEqual(watcher.errors.all, []);
    assert.deepEqual(watcher.last, await direct.task(taskId));
  }

  const all = await direct.list("?limit=100");
  await eventually(
    () => {
      assert.deepEqual(new Set(list.last?.items), new Set(all.tasks));
      return true;
    },
    SETTLED_MS,
    "the list shows what the server lists",
  );
  const newest = new Map<string, number>();
  for (const { items } of list.values.all) {
    for (const { taskId, version } of items) {
      assert.ok(version >= (newest.get(String(taskId)) ?? 0), `${taskId} fell to version ${version}`);
      newest.set(String(taskId), version);
    }
  }
  t.diagnostic(`${road.cuts} cuts, ${list.values.all.length} lists, ${TASKS} tasks`);
});

test("a ticket is enough to watch a task to its end", { timeout: 60_000 }, async (t) => {
  const token = await app.emulator.token({ sub: "eve" });
  const owner = createTaskwire({ url: app.base, getToken: () => token });
  const guest = createTaskwire({ url: app.base });
  t.after(() => {
    owner.close();
    guest.close();
  });
  const { taskId } = await owner.generate({ prompt: "a fox", model: "m/x" });
  const { ticket } = await owner.task(taskId).ticket();
  const watcher = new Watcher(guest.task(taskId, { ticket }));
  await watcher.values.next();
  await app.emulator.deliver(taskId);
  const done = await watcher.values.next();
  assert.deepEqual(done, await owner.task(taskId).get());
  const other = new Watcher(guest.task(taskId, { ticket: `${ticket}x` }));
  assert.equal((await other.errors.next()).code, "invalid_ticket");
});

test("a batch is shown in its order, and each refusal has a type", { timeout: 60_000 }, async (t) => {
  const token = await app.emulator.token({ sub: "bob" });
  const taskwire = createTaskwire({ url: app.base, getToken: () => token });
  t.after(() => taskwire.close());
  const { batchId, tasks } = await taskwire.generateBatch({ prompts: ["a fox", "a hare"], models: ["m/x", "m/y"] });
  const ids = tasks.map((entry) => ("taskId" in entry ? entry.taskId : ""));
  const watcher = new Watcher(taskwire.batch(batchId));
  for (const id of ids.toReversed()) await app.emulator.deliver(id);
  await watcher.values.until(() => watcher.last?.every(({ status }) => status === "completed"));
  assert.deepEqual(
    watcher.last?.map(({ taskId }) => taskId),
    ids,
  );
  await assert.rejects(taskwire.generate({ prompt: "", model: "m/x" }), {
    name: "TaskwireError",
    status: 422,
    code: "validation_error",
  });
  await assert.rejects(taskwire.task("tsk_nobody").get(), { status: 404, code: "not_found" });
});

test("without sockets, a batch is polled by its ETag to its end, with the refused tasks", {
  timeout: 60_000,
}, async (t) => {
  const token = await app.emulator.token({ sub: "lea" });
  const answers: number[] = [];
  const counting: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (/\/batches\/[^/]+$/.test(String(input))) answers.push(response.status);
    return response;
  };
  const taskwire = createTaskwire({ url: road.url, getToken: () => token, fetch: counting });
  road.isClosedToSockets = true;
  t.after(() => {
    taskwire.close();
    road.isClosedToSockets = false;
  });
  const { batchId, tasks } = await taskwire.generateBatch({
    prompts: ["a fox", "a hare [refuse-429]", "an owl"],
    models: ["m/x"],
  });
  const watcher = new Watcher(taskwire.batch(batchId));
  const shown = () => watcher.last?.map(({ prompt, status, error }) => [prompt, error?.code ?? status]);
  await watcher.values.until(() => watcher.last?.length === 3, SETTLED_MS);
  const refused = ["a hare [refuse-429]", "provider_rate_limited"];
  assert.deepEqual(shown(), [["a fox", "pending"], refused, ["an owl", "pending"]]);
  await eventually(() => answers.includes(304), SETTLED_MS, "a 304");
  for (const one of tasks) if ("taskId" in one) await app.emulator.deliver(one.taskId);
  await watcher.values.until(() => watcher.last?.every(({ status }) => status !== "pending"), SETTLED_MS);
  assert.deepEqual(shown(), [["a fox", "completed"], refused, ["an owl", "completed"]]);
  assert.equal(taskwire.connectionState.current, "polling");
});

test("a batch whose tasks were all refused says why at once, and has left nothing to watch", {
  timeout: 60_000,
}, async (t) => {
  const token = await app.emulator.token({ sub: "max" });
  const taskwire = createTaskwire({ url: app.base, getToken: () => token });
  t.after(() => taskwire.close());
  const started = await taskwire.generateBatch({ prompts: ["a fox [refuse-429]"], models: ["m/x", "m/y"] });
  assert.deepEqual(
    started.tasks.map((entry) => "error" in entry && entry.error.code),
    ["provider_rate_limited", "provider_rate_limited"],
  );
  const watcher = new Watcher(taskwire.batch(started.batchId));
  assert.equal((await watcher.errors.next()).code, "not_found");
  assert.deepEqual(watcher.values.all, []);
});

test("a channel and the content feed show the result of a workflow, and the outcome of its callback", {
  timeout: 60_000,
}, async (t) => {
  const token = await app.emulator.token({ sub: "kim" });
  const taskwire = createTaskwire({ url: app.base, getToken: () => token });
  t.after(() => taskwire.close());
  const feed = new Watcher(taskwire.content());
  await feed.values.next();
  const { channelId, channel } = await taskwire.ai({
    workflow: "films",
    messages: [{ role: "user", content: "A film" }],
  });
  const watcher = new Watcher(taskwire.channel(channelId));
  assert.deepEqual(watcher.last, { channel, content: null });
  await app.emulator.modelriver.deliver(channelId);
  await watcher.values.until(() => watcher.last?.channel.status === "completed");
  await watcher.values.until(() => watcher.last?.content && watcher.last.content.callback !== "pending");
  const versions = watcher.values.all.map(({ channel }) => channel.version);
  assert.deepEqual(
    versions,
    [...new Set(versions)].toSorted((a, b) => a - b),
  );
  await feed.values.until(() => feed.last?.items.some((row) => row.channelId === channelId));
  const row = feed.last?.items.find((row) => row.channelId === channelId);
  assert.deepEqual(await taskwire.content().get(String(row?.id)), watcher.last?.content);
});

test("a socket that ends with its ticket is followed by one with a fresh ticket, and nothing is lost", {
  timeout: 60_000,
}, async (t) => {
  const token = await app.emulator.token({ sub: "joy" });
  const closed = new Queue<number>("a closed socket");
  let opened = 0;
  /** The first socket of each value has a ticket that is over in a second and a half. */
  class Short extends WebSocket {
    constructor(url: string, protocols: string[]) {
      opened += 1;
      const scope = url.includes("/tasks/live") ? { kind: "tasks" } : { kind: "task", id: url.split("/").at(-2) };
      const ticket = ticketOf({ user: "joy", scope, expiresAt: Date.now() + 1_500 });
      super(url, opened > 2 ? protocols : ["taskwire", `ticket.${ticket}`]);
      this.addEventListener("close", ({ code }) => closed.push(code));
    }
  }
  const taskwire = createTaskwire({ url: app.base, getToken: () => token, WebSocket: Short as typeof WebSocket });
  t.after(() => taskwire.close());
  const { taskId } = await taskwire.generate({ prompt: "a fox", model: "m/x" });
  const [task, list] = [new Watcher(taskwire.task(taskId)), new Watcher(taskwire.tasks())];
  await closed.until(() => closed.all.length === 2, 15_000);
  assert.deepEqual(closed.all, [4401, 4401]);
  // Before the next sockets are there, or after: neither may miss it.
  await app.emulator.deliver(taskId);
  await task.values.until(() => task.last?.status === "completed", 15_000);
  await list.values.until(() => list.last?.items[0]?.status === "completed", 15_000);
  assert.deepEqual([task.errors.all, list.errors.all], [[], []]);
  assert.ok(opened > 2);
});
