// A backend and the built Worker in workerd: what it starts, reads and erases for its users, and the tickets it mints.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startApp } from "../../tests/worker/support/app.ts";
import { eventually } from "../../tests/worker/support/eventually.ts";
import { SECRET } from "../../tests/worker/support/tickets.ts";
import { upgrade } from "../../tests/worker/support/watcher.ts";
import { createTaskwireServer, isKind, type MintTicketOptions, mintTicket, type TicketScope } from "../src/index.ts";

const KEY = "twk_0123456789abcdef0123456789abcdef";
const READS = "twk_fedcba9876543210fedcba9876543210";
const KEYS = [
  { name: "backend", key: KEY, scopes: ["start", "read"] },
  { name: "reports", key: READS, scopes: ["read"] },
];
const timeout = 120_000;

const app = await startApp({
  vars: { TASKWIRE_SERVER_KEYS: JSON.stringify(KEYS) },
  shim: true,
});
after(() => app.close());
const taskwire = createTaskwireServer({ url: app.base, key: KEY });
const ada = taskwire.as("ada");
const eve = taskwire.as("eve");
const FOX = { prompt: "a fox", model: "m/x" };

describe("a backend", { timeout }, () => {
  test("starts an image for a user, who has it, and reads it to its end", async () => {
    const { taskId, task, live } = await ada.generate({ ...FOX, count: 2 });
    assert.deepEqual([task.userId, task.status, task.images.length], ["ada", "pending", 2]);
    const watcher = await app.watch(live);
    await app.emulator.deliver(taskId);
    await watcher.task("completed");
    watcher.close();
    const done = await ada.task(taskId).get();
    assert.equal(done.status, "completed");
    assert.ok(done.images.every(({ url }) => url?.startsWith("http")));
    const byHerself = await (await app.as("ada")).task(taskId);
    assert.deepEqual(byHerself, done);
    await assert.rejects(eve.task(taskId).get(), { status: 404, code: "not_found" });
    const shared = await ada.task(taskId).ticket({ share: true });
    assert.equal((await upgrade(`${app.base}/tasks/${taskId}/live?ticket=${shared.ticket}`)).status, 101);
  });

  test("starts a task of any kind, and its result has a type", async () => {
    const { taskId } = await ada.start("image.rate", { url: "https://pictures.example/fox.png" });
    await app.emulator.deliver(taskId);
    const task = await eventually(async () => {
      const task = await ada.task(taskId).get();
      return task.status === "completed" ? task : null;
    }, 5_000);
    assert.ok(isKind(task, "image.rate") && task.result?.level);
  });

  test("starts a batch, and reads its tasks in the order of the request", async () => {
    const { batchId, tasks } = await ada.generateBatch({ prompts: ["one", "two"], models: ["m/x", "m/y"] });
    assert.equal(tasks.length, 4);
    const read = await ada.batch(batchId).get();
    assert.deepEqual(
      read.map(({ prompt, requestedModel }) => [prompt, requestedModel]),
      [
        ["one", "m/x"],
        ["one", "m/y"],
        ["two", "m/x"],
        ["two", "m/y"],
      ],
    );
    await assert.rejects(eve.batch(batchId).get(), { code: "not_found" });
  });

  test("pays once for a start that it repeats under one key", async () => {
    const starts = app.starts;
    const first = await ada.generate(FOX, { idempotencyKey: "order-7" });
    const again = await ada.generate(FOX, { idempotencyKey: "order-7" });
    assert.deepEqual([again.taskId, app.starts], [first.taskId, starts + 1]);
    await assert.rejects(ada.generate({ ...FOX, count: 3 }, { idempotencyKey: "order-7" }), { status: 409 });
  });

  test("lists page by page, with filters", async () => {
    const bob = taskwire.as("bob");
    for (const prompt of ["one", "two", "three"]) await bob.generate({ ...FOX, prompt });
    const first = await bob.tasks().list({ limit: 2 });
    const second = await bob.tasks().list({ limit: 2, cursor: first.nextCursor });
    assert.deepEqual(
      [...first.items, ...second.items].map(({ prompt }) => prompt),
      ["three", "two", "one"],
    );
    assert.equal(second.nextCursor, null);
    assert.deepEqual((await bob.tasks().list({ status: "completed" })).items, []);
    assert.equal((await bob.tasks().list({ kind: "image.generate" })).items.length, 3);
  });

  test("asks for the models and for what a start would cost", async () => {
    assert.ok((await ada.models()).models.length > 0);
    assert.ok(Object.keys(await ada.estimate(FOX)).length > 0);
  });

  test("starts a request at ModelRiver, and reads its channel and its content", async () => {
    const { channelId } = await ada.ai({
      workflow: "new_movie_suggestion",
      messages: [{ role: "user", content: "A film" }],
    });
    await app.emulator.modelriver.deliver(channelId);
    const content = await eventually(async () => (await ada.channel(channelId).get()).content, 10_000);
    assert.equal(content.userId, "ada");
    assert.equal((await ada.content().get(content.id)).body, content.body);
    assert.deepEqual((await ada.content().list({ limit: 1 })).items[0]?.id, content.id);
    await assert.rejects(eve.content().get(content.id), { code: "not_found" });
    await ada.deleteContent(content.id);
    await ada.deleteContent(content.id);
    await assert.rejects(ada.content().get(content.id), { code: "not_found" });
  });

  test("erases a task, and everything of a user", async () => {
    const carl = taskwire.as("carl");
    const { taskId } = await carl.generate(FOX);
    await carl.deleteTask(taskId);
    await assert.rejects(carl.task(taskId).get(), { code: "not_found" });
    const { taskId: other } = await carl.generate(FOX);
    await carl.deleteMe();
    await eventually(async () => {
      await app.sweep();
      return (await app.sql("SELECT id FROM tasks WHERE mynth_task_id = ?", other)).length === 0;
    }, 20_000);
  });

  test("is told what is wrong, field by field, and what its key is not for", async () => {
    await assert.rejects(
      ada.generate({ ...FOX, count: 21 }),
      (error: { status: number; issues: { path: string }[] }) => {
        assert.deepEqual([error.status, error.issues[0]?.path], [422, "count"]);
        return true;
      },
    );
    const reports = createTaskwireServer({ url: app.base, key: READS }).as("ada");
    await assert.rejects(reports.generate(FOX), { status: 403, code: "insufficient_scope" });
    await reports.tasks().list();
    const unknown = createTaskwireServer({ url: app.base, key: `${KEY}0` }).as("ada");
    await assert.rejects(unknown.tasks().list(), { status: 401, code: "unauthorized" });
  });
});

describe("a minted ticket", { timeout }, async () => {
  const { taskId } = await ada.generate(FOX);
  const { batchId } = await ada.generateBatch({ prompts: ["one"], models: ["m/x"] });
  const { channelId } = await ada.ai({ workflow: "new_movie_suggestion", messages: [{ role: "user", content: "x" }] });

  const mint = async (scope: TicketScope, more: Partial<MintTicketOptions> = {}) =>
    (await mintTicket({ secret: SECRET, user: "ada", ...scope, ...more } as MintTicketOptions)).ticket;

  async function open(path: string, ticket: string): Promise<string> {
    const { status, text } = await upgrade(`${app.base}${path}/live`, { protocols: ["taskwire", `ticket.${ticket}`] });
    return status === 101 ? "open" : JSON.parse(text).error.code;
  }

  const places: [string, TicketScope][] = [
    [`/tasks/${taskId}`, { task: taskId }],
    [`/batches/${batchId}`, { batch: batchId }],
    [`/channels/${channelId}`, { channel: channelId }],
    ["/tasks", { tasks: true }],
    ["/content", { content: true }],
  ];
  for (const [path, scope] of places) {
    const [kind] = Object.keys(scope);
    // Whoever may watch all tasks may watch a batch of them.
    const opens = kind === "tasks" ? [path, `/batches/${batchId}`] : [path];
    test(`opens the socket of ${kind}, and no other`, async () => {
      for (const [other] of places) {
        assert.equal(await open(other, await mint(scope)), opens.includes(other) ? "open" : "invalid_ticket", other);
      }
    });
  }

  test("shows the task, and to a guest less of it", async () => {
    const { ticket } = await mintTicket({ secret: SECRET, user: "ada", task: taskId });
    const watcher = await app.watch({ url: `/tasks/${taskId}/live`, ticket });
    assert.equal((await watcher.task("pending")).userId, "ada");
    watcher.close();
    const guest = await app.watch({ url: `/tasks/${taskId}/live`, ticket: await mint({ task: taskId, share: true }) });
    assert.equal((await guest.task("pending")).userId, "");
    guest.close();
  });

  test("of another user, for another task, with another secret or changed opens nothing", async () => {
    const path = `/tasks/${taskId}`;
    assert.equal(await open(path, await mint({ task: taskId }, { user: "eve" })), "not_found");
    const { taskId: other } = await ada.generate(FOX);
    assert.equal(await open(path, await mint({ task: other })), "invalid_ticket");
    assert.equal(await open(path, await mint({ task: taskId }, { secret: `${SECRET}0` })), "invalid_ticket");
    const ticket = await mint({ task: taskId });
    assert.equal(
      await open(
        path,
        ticket.replace(/.$/, (last) => (last === "A" ? "Q" : "A")),
      ),
      "invalid_ticket",
    );
  });

  test("is refused from the moment it expires", async () => {
    const soon = await mint({ task: taskId }, { expiresIn: 60 });
    const later = await mint({ task: taskId });
    await app.putClockForward(61_000);
    assert.equal(await open(`/tasks/${taskId}`, soon), "invalid_ticket");
    assert.equal(await open(`/tasks/${taskId}`, later), "open");
  });
});
