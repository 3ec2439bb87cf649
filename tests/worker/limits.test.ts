/** What a user may start: so many in a time, so many at once, so much money. Counted at the provider. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { type Answer, type Api, assertRefused } from "./support/api.ts";
import { type App, startApp } from "./support/app.ts";
import { WORKER } from "./support/deployment.ts";
import { eventually } from "./support/eventually.ts";
import { feedsOf } from "./support/feeds.ts";
import { SCHEMES, sendWebhook } from "./support/signatures.ts";

const IMAGE = "0.0125";
const url = "https://pictures.example/fox.png";
const apps: App[] = [];
after(() => Promise.all(apps.map((app) => app.close())));

async function limited(limits: object | string | null, vars: Record<string, string | null> = {}): Promise<App> {
  const LIMITS = limits === null || typeof limits === "string" ? limits : JSON.stringify(limits);
  const app = await startApp({ shim: true, vars: { LIMITS, ...vars } });
  apps.push(app);
  return app;
}

const budget = (amount: string) => ({ budget: { amount, per: "30d" } });

async function usage(user: Api): Promise<any> {
  const answer = await user.call("/usage");
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

/** Spent, reserved and left, and how many run. */
async function sums(user: Api): Promise<(string | number)[]> {
  const { budget, running } = await usage(user);
  return [budget.spent, budget.reserved, budget.left, ...(running ? [running.now] : [])];
}

/** The book once it has heard of an end. */
const settled = (user: Api, spent: string) =>
  eventually(async () => (await usage(user)).budget.spent === spent, 10_000, `${spent} is spent`);

const count = (answers: Answer[], status: number, code?: string) =>
  answers.filter((answer) => answer.status === status && answer.body?.error?.code === code).length;

describe("parallel requests pass a check-then-count quota", { timeout: 120_000 }, () => {
  test("not here: of 200 at once with five running at most, five; and then two, with a budget for seven", async () => {
    const app = await limited({ default: { running: 5, ...budget("0.0875") } });
    const ada = await app.as("ada");
    const crowd = () => Promise.all(Array.from({ length: 200 }, () => ada.generate()));
    const first = await crowd();
    assert.equal(app.starts, 5, "counted at the provider");
    assert.deepEqual([count(first, 201), count(first, 429, "too_many_running")], [5, 195]);
    for (const answer of first)
      if (answer.status === 429) assert.match(answer.headers.get("retry-after") ?? "", /^\d+$/);
    assert.deepEqual(await sums(ada), ["0.00", "0.0625", "0.025", 5]);
    for (const { body } of first) if (body.taskId) await app.emulator.deliver(body.taskId);
    await settled(ada, "0.0625");
    const second = await crowd();
    assert.equal(app.starts, 7, "counted at the provider");
    assert.deepEqual([count(second, 201), count(second, 402, "budget_exceeded")], [2, 198]);
    assert.deepEqual(await sums(ada), ["0.0625", "0.025", "0.00", 2]);
    const { resetsAt } = second.find(({ status }) => status === 402)?.body.error ?? {};
    assert.equal(resetsAt, (await usage(ada)).budget.resetsAt);
    for (const { body } of second) if (body.taskId) await app.emulator.deliver(body.taskId);
    await settled(ada, "0.0875");
    assert.deepEqual(await sums(ada), ["0.0875", "0.00", "0.00", 0]);
  });

  test("not of all users together either: their budget is strict, whoever asks", async () => {
    const app = await limited({ all: budget("0.0875") });
    const users = await Promise.all(["ada", "bob", "cy", "dee"].map((name) => app.as(name)));
    const asked = users.flatMap((user) => Array.from({ length: 20 }, () => user.generate()));
    const answers = await Promise.all(asked);
    assert.equal(app.starts, 7, "counted at the provider");
    assert.deepEqual([count(answers, 201), count(answers, 402, "budget_exceeded")], [7, 73]);
    // What fails costs nothing: it goes back, and another user may have it.
    const started = answers.filter(({ status }) => status === 201);
    for (const { body } of started) await app.emulator.deliver(body.taskId, { event: "failed" });
    const eve = await app.as("eve");
    await eventually(async () => (await eve.generate()).status === 201, 10_000, "there is money again");
  });
});

describe("a refund after the provider had billed", { timeout: 60_000 }, () => {
  test("not here: a failure that names its cost is charged", async () => {
    const app = await limited({ default: budget("1") });
    const ada = await app.as("ada");
    const { taskId } = await ada.start();
    const body = JSON.stringify({
      id: `evt_${randomUUID()}`,
      type: "task.image.generate.failed",
      timestamp: new Date().toISOString(),
      data: { id: taskId, type: "image.generate", status: "failed", errors: [{ code: "unsafe" }], cost: "0.0125" },
    });
    assert.equal((await sendWebhook(app.base, body, SCHEMES.g4(body))).status, 200);
    await settled(ada, IMAGE);
    assert.deepEqual(await sums(ada), [IMAGE, "0.00", "0.9875"]);
  });
});

describe("a limiter that fails open", { timeout: 60_000 }, () => {
  test("not here: with the book out of reach nothing is started", async () => {
    const app = await limited({ default: { running: 5 } }, { PRICES: '{"*":"0.01"}' });
    const ada = await app.as("ada");
    await app.setFeeds("away");
    const asked = [
      ada.generate(),
      ada.post("/generate/batch", { prompts: ["a", "b"], models: ["m/x"] }),
      ada.post("/tasks", { kind: "image.alt", request: { url } }),
      ada.post("/ai", { workflow: "films", messages: [{ role: "user", content: "x" }] }),
    ];
    for (const answer of await Promise.all(asked)) assertRefused(answer, 503, "unavailable");
    assertRefused(await ada.call("/usage"), 503, "unavailable");
    const paid = app.emulator.requests.filter(({ method }) => method === "POST");
    assert.deepEqual(paid, [], "no provider was called");
    assert.deepEqual(await app.sql("SELECT id FROM tasks"), [], "no row was made");
    await app.setFeeds("ok");
    assert.equal((await ada.generate()).status, 201);
  });

  test("not with settings that cannot be read: each is a 503 that names its path", async () => {
    const broken: [Record<string, string>, string][] = [
      [{ LIMITS: '{"default":{"budget":{"amount":2,"per":"1d"}}}' }, "LIMITS.default.budget.amount"],
      [{ LIMITS: '{"tiers":{"pro":{"starts":{"limit":1,"per":"1w"}}}}' }, "LIMITS.tiers.pro.starts.per"],
      [{ LIMITS: "{" }, "LIMITS"],
      [{ LIMITS: "{}", PRICES: '{"m/x":"cheap"}' }, "PRICES.m/x"],
    ];
    for (const [vars, path] of broken) {
      const app = await limited("{}", vars);
      const ada = await app.as("ada");
      for (const answer of [await ada.generate(), await ada.call("/readyz"), await ada.call("/usage")]) {
        assertRefused(answer, 503, "not_configured", path);
        assert.equal(answer.body.error.issues[0].path, path);
      }
      assert.equal(app.starts, 0);
    }
  });

  test("not where nothing is set: a brake holds", async () => {
    const app = await limited(null);
    const ada = await app.as("ada");
    const { starts, running, budget } = await usage(ada);
    assert.deepEqual([starts.limit, starts.left, running, budget], [60, 60, { limit: 50, now: 0 }, null]);
    const answers = await Promise.all(Array.from({ length: 55 }, () => ada.generate()));
    assert.equal(app.starts, 50);
    assert.equal(count(answers, 429, "too_many_running"), 5);
  });

  test("not with a budget and no price: that is a refusal", async () => {
    const app = await limited({ default: budget("1") }, { PRICES: '{"image.rate":"0.001"}' });
    const ada = await app.as("ada");
    const start = (kind: string) => ada.post("/tasks", { kind, request: { url } });
    assertRefused(await start("image.alt"), 402, "price_unknown");
    assertRefused(
      await ada.post("/ai", { workflow: "films", messages: [{ role: "user", content: "x" }] }),
      402,
      "price_unknown",
    );
    assert.equal((await start("image.rate")).status, 201);
    assert.deepEqual((await sums(ada)).slice(0, 2), ["0.00", "0.001"]);
  });
});

describe("failed generations that keep the quota", { timeout: 60_000 }, () => {
  test("not here: what fails without a cost, or is refused, costs nothing", async () => {
    const app = await limited({ default: { starts: { limit: 9, per: "30d" }, running: 2, ...budget("1") } });
    const ada = await app.as("ada");
    const { taskId } = await ada.start({ prompt: "a fox [fail]" });
    await app.emulator.deliver(taskId);
    await eventually(async () => (await usage(ada)).running.now === 0, 10_000);
    assert.deepEqual(await sums(ada), ["0.00", "0.00", "1.00", 0]);
    const body = { error: { code: "insufficient_balance", message: "No." } };
    app.emulator.options.refuseCreate = { status: 402, body };
    assertRefused(await ada.generate(), 502, "insufficient_balance");
    app.emulator.options.refuseCreate = undefined;
    assert.deepEqual(await sums(ada), ["0.00", "0.00", "1.00", 0]);
    assert.equal((await usage(ada)).starts.left, 8, "the one that was started");
  });

  test("not what is partly made: it costs what it has cost, and an odd cost is what was reserved", async () => {
    const app = await limited({ default: budget("1") });
    const ada = await app.as("ada");
    const { taskId } = await ada.start({ prompt: "a fox [partial]", count: 4 });
    assert.deepEqual(await sums(ada), ["0.00", "0.05", "0.95"]);
    await app.emulator.deliver(taskId);
    await settled(ada, "0.025");
    for (const [at, cost] of ["-1.00", "free"].entries()) {
      const { taskId } = await ada.start();
      const body = JSON.stringify({
        id: `evt_${randomUUID()}`,
        type: "task.image.generate.completed",
        timestamp: new Date().toISOString(),
        data: { id: taskId, type: "image.generate", status: "completed", result: { images: [] }, cost },
      });
      await sendWebhook(app.base, body, SCHEMES.g4(body));
      await settled(ada, at === 0 ? "0.0375" : "0.05");
      assert.match(app.lines("cost_unreadable").at(-1)?.reason, new RegExp(cost));
    }
  });
});

describe("a quota that is committed before validation", { timeout: 60_000 }, () => {
  test("not here: a request that is wrong uses nothing, and no book is asked", async () => {
    const app = await limited({ default: { starts: { limit: 2, per: "30d" } } });
    const ada = await app.as("ada");
    for (const wrong of [{ count: 0 }, { prompt: "" }, { size: 7 }])
      assertRefused(await ada.generate(wrong), 422, "validation_error");
    assert.equal((await app.shim())["tasks:ada"], undefined);
    assert.equal((await usage(ada)).starts.left, 2);
  });
});

describe("a retry that burns a slot", { timeout: 60_000 }, () => {
  test("not here: a repeat under its key uses nothing, however many come at once", async () => {
    const app = await limited({ default: { starts: { limit: 1, per: "30d" }, running: 1, ...budget(IMAGE) } });
    const ada = await app.as("ada");
    const key = { "idempotency-key": randomUUID() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => ada.generate({}, key)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ body }) => body.taskId)).size, 1);
    assert.equal(app.starts, 1);
    assert.deepEqual([(await usage(ada)).starts.left, ...(await sums(ada))], [0, "0.00", IMAGE, "0.00", 1]);
    assertRefused(await ada.generate(), 429, "rate_limited");
    assert.equal((await ada.generate({}, key)).status, 201);
  });
});

describe("limits", { timeout: 120_000 }, () => {
  test("are of the tier that the token names, and of the default one where it names none", async () => {
    const limits = { default: { running: 1 }, tiers: { pro: { running: 3 } } };
    const backend = "twk_0123456789abcdef0123456789abcdef";
    const keys = JSON.stringify([{ name: "backend", key: backend, scopes: ["start", "read"] }]);
    const app = await limited(limits, { AUTH_TIER_CLAIM: "plan", TASKWIRE_SERVER_KEYS: keys });
    const limit = async (claims: object) => (await usage(await app.as("ada", { ...claims }))).running.limit;
    assert.deepEqual(
      await Promise.all([limit({ plan: "pro" }), limit({}), limit({ plan: "gold" }), limit({ plan: ["pro"] })]),
      [3, 1, 1, 1],
    );
    const pro = await app.as("ada", { plan: "pro" });
    const answers = await Promise.all(Array.from({ length: 9 }, () => pro.generate()));
    assert.equal(count(answers, 201), 3);
    // A server asks for the user, whose usage it is.
    const headers = { authorization: `Bearer ${backend}`, "taskwire-user": "ada" };
    assert.deepEqual((await pro.call("/usage", { headers })).body.running, { limit: 3, now: 3 });
    assertRefused(await pro.generate({}, headers), 429, "too_many_running");
  });

  test("take a batch whole or not at all", async () => {
    const app = await limited({ default: budget("0.04") });
    const ada = await app.as("ada");
    const batch = (prompts: string[]) => ada.post("/generate/batch", { prompts, models: ["m/x"] });
    assertRefused(await batch(["a", "b", "c", "d"]), 402, "budget_exceeded");
    assert.equal(app.starts, 0);
    assert.equal((await batch(["a", "b", "c"])).status, 201);
    assert.deepEqual((await sums(ada)).slice(0, 2), ["0.00", "0.0375"]);
  });

  test("hold for the second provider, by its prices", async () => {
    const app = await limited({ default: { running: 1, ...budget("0.05") } }, { PRICES: '{"films":"0.02"}' });
    const ada = await app.as("ada");
    const ask = () => ada.post("/ai", { workflow: "films", messages: [{ role: "user", content: "x" }] });
    const { body } = await ask();
    assert.deepEqual(await sums(ada), ["0.00", "0.02", "0.03", 1]);
    assertRefused(await ask(), 429, "too_many_running");
    await app.emulator.modelriver.deliver(body.channelId);
    await settled(ada, "0.02");
    assert.deepEqual(await sums(ada), ["0.02", "0.00", "0.03", 0]);
  });

  test("are shown live: on the feed of all tasks there is a frame for each change", async () => {
    const app = await limited({ default: { running: 5, ...budget("1") } });
    const { feed, leave } = feedsOf(app);
    const ada = await app.as("ada");
    const watcher = await feed(ada);
    await watcher.until(() => watcher.usages.length === 1);
    const { taskId } = await ada.start();
    await watcher.until(() => watcher.usages.at(-1).budget.reserved === IMAGE);
    assert.deepEqual(watcher.usages.at(-1), await usage(ada));
    await app.emulator.deliver(taskId);
    await watcher.until(() => watcher.usages.at(-1).budget.spent === IMAGE);
    assert.deepEqual(watcher.usages.at(-1), await usage(ada));
    leave();
  });

  test("survive the eviction of the book, and an end that it was out of reach for", async () => {
    const app = await limited({ default: { running: 2, ...budget("1") } });
    const ada = await app.as("ada");
    const evict = () =>
      app.worker.unsafeEvictDurableObject(WORKER, "FeedRoom", { name: "tasks:ada", webSockets: "hibernate" });
    const [first, second] = [await ada.start(), await ada.start()];
    await evict();
    assertRefused(await ada.generate(), 429, "too_many_running");
    await app.setFeeds("away");
    const [attempt] = await app.emulator.deliver(first.taskId);
    assert.equal(attempt?.status, 200, "the webhook is taken");
    await app.setFeeds("ok");
    await settled(ada, IMAGE);
    await evict();
    assert.deepEqual(await sums(ada), [IMAGE, IMAGE, "0.975", 1]);
    // The same webhook again, and a later poll, settle nothing twice.
    await app.emulator.deliver(first.taskId);
    await app.emulator.deliver(second.taskId, { copies: 2 });
    await settled(ada, "0.025");
    assert.deepEqual(await sums(ada), ["0.025", "0.00", "0.975", 0]);
  });

  test("count what was erased while it was under way", async () => {
    const app = await limited({ default: { running: 2, ...budget("1") } });
    const ada = await app.as("ada");
    const { taskId } = await ada.start({ prompt: "a fox [partial]", count: 2 });
    assert.equal((await ada.call(`/tasks/${taskId}`, { method: "DELETE" })).status, 204);
    assert.deepEqual(await sums(ada), ["0.00", "0.025", "0.975", 1], "nobody gets round a limit by erasing");
    await app.emulator.deliver(taskId);
    await settled(ada, IMAGE);
    assert.deepEqual(await sums(ada), [IMAGE, "0.00", "0.9875", 0]);
  });

  test("cost a start one request and two rows, and nothing where there are none", async () => {
    const spent = async (limits: object) => {
      const app = await limited(limits);
      const ada = await app.as("ada");
      const { taskId } = await ada.start();
      await app.emulator.deliver(taskId);
      const wanted = Object.keys(limits).length > 0 ? 3 : 2;
      const { asked, puts, alarms } = await eventually(async () => {
        const counts = (await app.shim())["tasks:ada"];
        return counts && counts.asked >= wanted ? counts : null;
      }, 10_000);
      return [asked, puts, alarms];
    };
    assert.deepEqual(await spent({}), [2, 0, 0]);
    assert.deepEqual(await spent({ default: { running: 5, ...budget("1") } }), [3, 2, 0]);
  });
});
