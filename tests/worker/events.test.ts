/** Events out: every way in which a receiver can fail, with the attempts at their times, on the three roads. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import {
  assertPauses,
  attemptsAt,
  EVENTS_SECRET,
  ended,
  PAUSES_S,
  ringOften,
  startTelling,
  untilTried,
} from "./support/roads.ts";
import { refusal } from "./support/troubles.ts";

const timeout = 120_000;

/** What each attempt meets, the statuses that were answered, and the pauses in seconds. */
const PLANS: [name: string, plan: string, statuses: (number | null)[], pauses: number[]][] = [
  ["a 500", "500", [500, 200], [5]],
  ["three failures", "500,502,503", [500, 502, 503, 200], [5, 300, 1800]],
  ["a 410", "410", [410], []],
  ["a 429 that asks for a minute", "429:60", [429, 200], [60]],
  ["a 503 that asks for less than the schedule", "503:1", [503, 200], [5]],
  ["a redirect, which is not followed", "301,307", [301, 307, 200], [5, 300]],
  ["a connection that is cut", "reset", [null, 200], [5]],
  ["a 2xx that is lost", "lost", [null, 200], [5]],
  ["a 404", "404", [404, 200], [5]],
  ["no end of failures", Array(20).fill("500").join(","), Array(10).fill(500), PAUSES_S],
];

describe("an event that meets", { timeout, concurrency: 3 }, () => {
  for (const [name, plan, statuses, pauses] of PLANS) {
    test(name, async (t) => {
      const app = await startTelling(["one"]);
      t.after(() => app.close());
      app.emulator.receiver.plans.set("one", plan);
      const taskId = await ended(app, "ada");
      await untilTried(app, taskId, "one", statuses.length);
      // Nothing comes after that: not within the days that follow.
      await ringOften(app, taskId, 3);
      const attempts = attemptsAt(app, "one");
      assert.deepEqual(
        attempts.map(({ status }) => status),
        statuses,
      );
      assertPauses(attempts, pauses);
      for (const { id, refused, body } of attempts)
        assert.deepEqual([id, refused, body?.type], [`evt_${taskId}_2`, null, "task.completed"]);
      // The same words at every attempt.
      for (const { body } of attempts) assert.deepEqual(body, attempts[0]?.body);
      assert.ok(app.emulator.requests.every(({ path }) => !path.startsWith("/receiver/elsewhere")));
      assert.deepEqual(
        app.lines("event_given_up").map(({ id, code }) => [id, code]),
        statuses.at(-1) === 200 ? [] : [[`evt_${taskId}_2`, statuses.at(-1) === 410 ? "gone" : "exhausted"]],
      );
    });
  }

  test("a 429 with a date", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    const at = new Date(Date.now() + 600_000);
    app.emulator.receiver.plans.set("one", `429:${at.toUTCString().replaceAll(",", "")}`);
    const taskId = await ended(app, "ada");
    assertPauses(await untilTried(app, taskId, "one", 2), [600]);
  });

  test("no answer in fifteen seconds, which holds up nobody: no frame, no answer to a webhook, no other event", async (t) => {
    const app = await startTelling(["one", "two"]);
    t.after(() => app.close());
    app.emulator.receiver.plans.set("one", "timeout");
    const ada = await app.as("ada");
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    const began = Date.now();
    assert.equal((await app.emulator.deliver(taskId))[0]?.status, 200);
    await watcher.task("completed", 3000);
    await app.emulator.until(() => attemptsAt(app, "one").length === 1 && attemptsAt(app, "two").length === 1, 3000);
    assert.ok(Date.now() - began < 6000, `${Date.now() - began} ms`);
    // While that hangs, another task goes its way.
    await ended(app, "ada");
    await app.emulator.until(() => attemptsAt(app, "two").length === 2, 3000);
    const own = () => attemptsAt(app, "one", `evt_${taskId}_2`);
    await app.emulator.until(() => own().length === 2, 30_000);
    const [first, second] = own();
    const waited = (second?.at ?? 0) - (first?.at ?? 0);
    assert.ok(waited >= 19_000 && waited < 24_000, `15 s of patience and a pause of 5 s: ${waited} ms`);
    assert.equal(attemptsAt(app, "two", `evt_${taskId}_2`).length, 1);
    watcher.terminate();
  });
});

describe("an event", { timeout, concurrency: 3 }, () => {
  test("has the task as a read gives it, under the id of its version", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    const ada = await app.as("ada");
    for (const [prompt, status] of [
      ["a fox", "completed"],
      ["a fox [fail]", "failed"],
    ] as const) {
      const { taskId } = await ada.start({ prompt });
      await app.emulator.deliver(taskId);
      const id = `evt_${taskId}_2`;
      await app.emulator.until(() => attemptsAt(app, "one", id).length === 1);
      const [told] = attemptsAt(app, "one", id);
      const task = await ada.task(taskId);
      assert.deepEqual(told?.body, { type: `task.${status}`, timestamp: task.updatedAt, data: task });
    }
  });

  test("is not sent before its row is readable, and comes once it is", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    const ada = await app.as("ada");
    const { taskId } = await ada.start();
    const broken = refusal("tasks", "UPDATE");
    await broken.begin(app);
    assert.equal((await app.emulator.deliver(taskId))[0]?.status, 200);
    await ringOften(app, taskId, 4);
    assert.deepEqual(attemptsAt(app, "one"), []);
    assert.equal((await app.rows(taskId)).task?.status, "pending");
    await broken.end(app);
    await untilTried(app, taskId, "one", 1);
    assert.equal((await app.rows(taskId)).task?.status, "completed");
  });

  test("is born with the end of a task that nobody has heard of in time, and again with the end that came after all", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    const { taskId } = await (await app.as("ada")).start();
    const [timedOut] = await untilTried(app, taskId, "one", 1);
    assert.deepEqual([timedOut?.id, timedOut?.body?.type], [`evt_${taskId}_2`, "task.failed"]);
    // Signed by the clock that was put forward.
    await app.emulator.deliver(taskId, { signedAt: timedOut?.timestamp ?? 0 });
    const [, healed] = await untilTried(app, taskId, "one", 2);
    assert.deepEqual([healed?.id, healed?.body?.type], [`evt_${taskId}_3`, "task.completed"]);
  });

  test("names a task that was erased meanwhile, and says nothing more of it", async (t) => {
    const app = await startTelling(["one"]);
    t.after(() => app.close());
    app.emulator.receiver.plans.set("one", "500");
    const taskId = await ended(app, "ada", "a secret");
    await untilTried(app, taskId, "one", 1);
    assert.equal((await (await app.as("ada")).call(`/tasks/${taskId}`, { method: "DELETE" })).status, 204);
    const [, second] = await untilTried(app, taskId, "one", 2);
    assert.deepEqual(second?.body?.data, { taskId, version: 2, thin: true });
    assert.deepEqual([second?.id, second?.body?.type], [`evt_${taskId}_2`, "task.completed"]);
  });

  test("goes to each of five addresses, each with its own attempts, signed with each of two secrets", async (t) => {
    const names = ["a", "b", "c", "d", "e"];
    const other = "whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyEh";
    const app = await startTelling(names, { vars: { EVENTS_SECRET: `${other},${EVENTS_SECRET}` } });
    t.after(() => app.close());
    // Who has only the other secret takes it.
    app.emulator.options.receiverSecret = other;
    await ended(app, "ada");
    await app.emulator.until(() => names.every((name) => attemptsAt(app, name).length === 1), 15_000);
    assert.ok(names.every((name) => attemptsAt(app, name)[0]?.refused === null));

    app.emulator.options.receiverSecret = EVENTS_SECRET;
    app.emulator.receiver.plans.set("c", "500");
    app.emulator.receiver.plans.set("d", "410");
    const taskId = await ended(app, "ada");
    await untilTried(app, taskId, "c", 3);
    await ringOften(app, taskId, 2);
    assert.deepEqual(
      names.map((name) => attemptsAt(app, name, `evt_${taskId}_2`).map(({ status }) => status)),
      [[200], [200], [500, 200], [410], [200]],
    );
  });
});

describe("the three roads", { timeout }, () => {
  test("lead the same event to each of their ends", async (t) => {
    const app = await startTelling(["one"], { backend: true });
    t.after(() => app.close());
    const taskId = await ended(app, "ada");
    const all = ["one", "hook", "queue"];
    await app.emulator.until(() => all.every((name) => attemptsAt(app, name).length === 1), 15_000);
    const [url, hook, queue] = all.map((name) => attemptsAt(app, name)[0]);
    for (const each of [url, hook, queue]) assert.equal(each?.id, `evt_${taskId}_2`);
    assert.deepEqual([url?.refused, hook?.refused], [null, null]);
    assert.deepEqual(hook?.body, url?.body);
    const { id, ...message } = queue?.body ?? {};
    assert.deepEqual([id, message], [`evt_${taskId}_2`, url?.body]);
  });

  test("fail on their own: a service binding is tried again while the others are through", async (t) => {
    const app = await startTelling(["one"], { backend: true });
    t.after(() => app.close());
    app.emulator.receiver.plans.set("hook", "500,410");
    const taskId = await ended(app, "ada");
    assertPauses(await untilTried(app, taskId, "hook", 2), [5]);
    await ringOften(app, taskId, 2);
    const statuses = ["one", "hook", "queue"].map((name) => attemptsAt(app, name).map(({ status }) => status));
    assert.deepEqual(statuses, [[200], [500, 410], [200]]);
  });
});

describe("what it costs", { timeout }, () => {
  /** What a task's room has stored, set and asked for, from its start to its clean-up. */
  async function cost(t: any, names: string[], vars: Record<string, string> = {}) {
    const app = names.length > 0 ? await startTelling(names, { vars }) : await startApp({ shim: true });
    t.after(() => app.close());
    const taskId = await ended(app, "ada");
    if (names.length > 0) await app.emulator.until(() => attemptsAt(app, "one").length === 1);
    await ringOften(app, taskId, 3);
    const { puts, alarms, d1Rows, d1Batches, d1Reads } = (await app.shim())[taskId] ?? assert.fail();
    return { puts, alarms, d1Rows, d1Batches, d1Reads, requests: app.emulator.receiver.received.length };
  }

  test("nothing where nothing is configured, and two rows in the room, two in D1 and a request for one address", async (t) => {
    const none = await cost(t, []);
    const one = await cost(t, ["one"]);
    const three = await cost(t, ["one", "two", "three"]);
    const unlogged = await cost(t, ["one"], { DELIVERY_LOG: "off" });
    t.diagnostic(JSON.stringify({ none, one, three, unlogged }));
    assert.equal(none.requests, 0);
    assert.deepEqual([none.puts, none.alarms], [3, 2]);
    for (const some of [one, three, unlogged])
      assert.ok(some.alarms - none.alarms <= 1, JSON.stringify({ none, some }));
    assert.ok(one.puts - none.puts <= 1 && unlogged.puts - none.puts <= 1, JSON.stringify({ none, one, unlogged }));
    // How it stands is a row of D1 and the entry of its id, and one row more for each later attempt. With the log off it
    // is not noted, and neither is the webhook.
    assert.equal(one.d1Rows - none.d1Rows, 2);
    assert.equal(one.d1Batches - none.d1Batches, 1);
    assert.ok(three.d1Rows - none.d1Rows <= 7 && three.d1Batches - none.d1Batches <= 3, JSON.stringify(three));
    assert.ok(unlogged.d1Rows <= none.d1Rows && unlogged.d1Batches === none.d1Batches, JSON.stringify(unlogged));
    assert.equal(one.requests, 1);
  });
});

describe("readiness", { timeout, concurrency: 2 }, () => {
  const wrong: [name: string, vars: Record<string, string | null>, path: string][] = [
    ["an address that is not https", { EVENTS_URL: "http://app.example/events" }, "EVENTS_URL"],
    ["user info in an address", { EVENTS_URL: "https://user:pass@app.example/events" }, "EVENTS_URL"],
    ["six addresses", { EVENTS_URL: Array(6).fill("https://app.example/events").join(" ") }, "EVENTS_URL"],
    ["a missing secret", { EVENTS_SECRET: null }, "EVENTS_SECRET"],
    ["a weak secret", { EVENTS_SECRET: "hunter2" }, "EVENTS_SECRET"],
    ["a queue that is a variable", { EVENTS_QUEUE: "events" }, "EVENTS_QUEUE"],
    ["a service binding that is a variable", { EVENTS_HOOK: "events" }, "EVENTS_HOOK"],
  ];
  for (const [name, vars, path] of wrong) {
    test(`names ${name}`, async (t) => {
      const app = await startTelling(["one"], { vars });
      t.after(() => app.close());
      const { status, body, text } = await call(`${app.base}/readyz`);
      assert.equal(status, 503);
      assert.deepEqual(
        body.error.issues.map((issue: any) => issue.path),
        [path],
      );
      assert.doesNotMatch(text, /app\.example|hunter2|pass@/);
    });
  }

  test("is there with all roads right", async (t) => {
    const app = await startTelling(["one"], { backend: true });
    t.after(() => app.close());
    assert.equal((await call(`${app.base}/readyz`)).status, 200);
  });
});
