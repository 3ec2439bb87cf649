/** What holds for every provider that runs models, with the provider's emulator. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Api, assertRefused, call } from "./api.ts";
import { type App, startApp } from "./app.ts";
import { eventually } from "./eventually.ts";
import { watchRun } from "./run_watcher.ts";

export interface Suite {
  app: App;
  ada: Api;
  provider: "replicate" | "fal";
  prefix: string;
  model: string;
  /** Its key's variable. */
  key: string;
  /** Whether a start without an answer can be searched for. */
  isListed: boolean;
  /** Names that are none. */
  noModels: string[];
}

const timeout = 60_000;

export function runOf(emulator: any, provider: string, taskId: string): any {
  return emulator[provider].runs.get(taskId.slice(taskId.indexOf("_") + 1));
}

/** Starts a run, which must succeed. */
export async function run({ ada, provider, model }: Suite, input: object = {}, headers = {}): Promise<any> {
  const answer = await ada.post("/tasks", { provider, model, input: { prompt: "a fox", ...input } }, headers);
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

export function itRuns(suite: Suite): void {
  const { app, ada, provider, prefix, model } = suite;
  const control = (app.emulator as any)[provider];
  const idOf = (taskId: string) => taskId.slice(prefix.length);
  const start = (input?: object, headers?: object) => run(suite, input, headers);

  describe(`${provider}: a start`, { timeout }, () => {
    test("is a task with its provider, its model and its prompt", async () => {
      const { taskId, task, live } = await start();
      assert.match(taskId, new RegExp(`^${prefix}`));
      assert.equal(live.url, `/tasks/${taskId}/live`);
      const { provider: name, status, prompt, requestedModel, outputs, images, result } = task;
      assert.deepEqual(
        { name, status, prompt, requestedModel, outputs, images, result },
        {
          name: provider,
          status: "pending",
          prompt: "a fox",
          requestedModel: model,
          outputs: [],
          images: [],
          result: null,
        },
      );
      const listed = await ada.list("?limit=1");
      assert.equal(listed.tasks[0].taskId, taskId);
      assert.deepEqual(await ada.task(taskId), task);
    });

    test("passes its input on as it came, numbers digit by digit", async () => {
      const body = `{"provider":"${provider}","model":"${model}","input":{"prompt":"a fox","seed":196619188014358660}}`;
      const { body: started, status } = await ada.post("/tasks", body);
      assert.equal(status, 201);
      assert.deepEqual(Object.keys(runOf(app.emulator, provider, started.taskId).input), ["prompt", "seed"]);
    });

    test("under one key is one run", async () => {
      const headers = { "idempotency-key": `run-${provider}` };
      const first = await start({ n: 1 }, headers);
      assert.equal((await start({ n: 1 }, headers)).taskId, first.taskId);
    });

    test("that is wrong is a 422 that names the field", async () => {
      for (const name of suite.noModels) {
        assertRefused(await ada.post("/tasks", { provider, model: name, input: {} }), 422, "validation_error", name);
      }
      for (const input of [undefined, null, [], "x", 7, { x: "y".repeat(256 * 1024) }]) {
        const answer = await ada.post("/tasks", { provider, model, input });
        assertRefused(answer, 422, "validation_error");
        assert.equal(answer.body.error.issues[0].path, "input");
      }
      const unknown = await ada.post("/tasks", { provider: "nobody", model, input: {} });
      assertRefused(unknown, 422, "validation_error");
      assert.match(unknown.body.error.message, new RegExp(`must be one of .*${provider}`));
    });

    test("that the provider refuses says why, in our words", async () => {
      const told = await ada.post("/tasks", { provider, model, input: { prompt: 7 } });
      assertRefused(told, 422, "validation_error");
      assert.equal(told.body.error.issues[0].path, "input.prompt");
      for (const [word, status, code] of [
        ["refuse-402", 502, "insufficient_balance"],
        ["refuse-429", 429, "provider_rate_limited"],
        ["refuse-500", 503, "provider_unavailable"],
        ["refuse-html", 503, "provider_unavailable"],
      ] as const) {
        const answer = await ada.post("/tasks", { provider, model, input: { prompt: `[${word}]` } });
        assert.equal(answer.body.error.code, code, answer.text);
        assert.ok(answer.status === status || word === "refuse-html", answer.text);
      }
      const nobody = await ada.post("/tasks", { provider, model: "nobody/nothing", input: {} });
      assertRefused(nobody, 502, "provider_refused");
    });

    test("whose answer names another host is refused and logged, and the key goes nowhere else", async () => {
      const answer = await ada.post("/tasks", { provider, model, input: { prompt: "[foreign]" } });
      // Where the provider has a list, the start is found there, and nothing of that answer is used.
      if (suite.isListed) assert.equal(answer.status, 201, answer.text);
      else assertRefused(answer, 502, "provider_invalid_response");
      const line = app.logs.find((line) => line.startsWith(`${provider}: a foreign address`));
      assert.match(line ?? "", /evil\.example/);
    });
  });

  describe(`${provider}: a webhook`, { timeout }, () => {
    test("ends the task, and what was made is shown", async () => {
      const { taskId, live } = await start();
      const watcher = await watchRun(app.base, live);
      const [attempt] = await control.deliver(idOf(taskId));
      assert.equal(attempt.status, 200);
      const task = await watcher.task("completed");
      assert.equal(task.outputs.length, 1);
      assert.equal(task.outputs[0].type, "image");
      assert.match(task.outputs[0].url, /^https:\/\//);
      assert.deepEqual(await ada.task(taskId), task);
      const [row] = (await ada.list("?limit=1")).tasks;
      assert.deepEqual(row, task, "from its row");
      watcher.close();
    });

    test("brings texts, videos, values, and numbers as they were written", async () => {
      const made = async (word: string) => {
        const { taskId } = await start({ prompt: `[${word}]` });
        await control.deliver(idOf(taskId));
        return taskId;
      };
      assert.equal((await ada.task(await made("text"))).outputs[0].text, "A fox in snow.");
      assert.equal((await ada.task(await made("video"))).outputs[0].type, "video");
      const value = await ada.task(await made("json"));
      assert.deepEqual(value.outputs, [{ type: "json", value: value.result }]);
      const seeded = await made("big-seed");
      for (const path of [`/tasks/${seeded}`, "/tasks?limit=1"]) {
        const { text } = await ada.call(path);
        assert.match(text, /"seed":196619188014358660[,}]/, path);
      }
      const watcher = await watchRun(app.base, { url: `/tasks/${seeded}/live`, ...(await ticket(seeded)) });
      watcher.close();
    });

    async function ticket(taskId: string): Promise<{ ticket: string }> {
      return (await ada.post(`/tasks/${taskId}/ticket`, {})).body;
    }

    test("of a failure says why", async () => {
      const { taskId } = await start();
      await control.deliver(idOf(taskId), { outcome: "failed" });
      const { status, error } = await ada.task(taskId);
      assert.equal(status, "failed");
      assert.match(error.message, /\w+ .*\./);
    });

    test("that comes twice, or after the end, changes nothing", async () => {
      const { taskId, live } = await start();
      const watcher = await watchRun(app.base, live);
      await control.deliver(idOf(taskId), { copies: 3 });
      await watcher.task("completed");
      const [attempt] = control.deliveries.slice(-1);
      await control.replay(attempt);
      await watcher.settled();
      assert.deepEqual(watcher.versions, [1, 2]);
      watcher.close();
    });

    test("needs both the token and the signature", async () => {
      const { taskId } = await start();
      const [other] = [await run({ ...suite, ada: await app.as("eve") })];
      const path = new URL(runOf(app.emulator, provider, taskId).webhook).pathname;
      const others = new URL(runOf(app.emulator, provider, other.taskId).webhook).pathname;
      const url = app.base + path;
      const tampered = [
        { tamper: (sealed: any) => (sealed.body = sealed.body.replace("fox", "hen").replace('"', ' "')) },
        {
          tamper: (sealed: any) =>
            Object.keys(sealed.headers).forEach((name) => /signature/.test(name) && delete sealed.headers[name]),
        },
        { signedAt: Math.floor(Date.now() / 1000) - 301 },
        { signedAt: Math.floor(Date.now() / 1000) + 310 },
        { url: app.base + others },
        { url: url.slice(0, -2) },
        { url: `${app.base}/webhooks/${provider}/v1.e30.AAAA` },
      ];
      for (const how of tampered) {
        const [attempt] = await control.deliver(idOf(taskId), how);
        assert.equal(attempt.status, 401, JSON.stringify(how));
      }
      const [untokened] = await control.deliver(idOf(taskId), { url: `${app.base}/webhooks/${provider}` });
      assert.ok(untokened.status === 404 || untokened.status === 405, `${untokened.status}`);
      assert.equal((await ada.task(taskId)).status, "pending");
      const [good] = await control.deliver(idOf(taskId));
      assert.equal(good.status, 200);
      assert.equal((await ada.task(taskId)).status, "completed");
    });
  });

  describe(`${provider}: a cancellation`, { timeout }, () => {
    const cancel = (taskId: string, who = ada) => who.post(`/tasks/${taskId}/cancel`, {});

    test("in time ends the task, for its owner alone", async () => {
      const { taskId, live } = await start();
      const watcher = await watchRun(app.base, live);
      assertRefused(await cancel(taskId, await app.as("eve")), 404, "not_found");
      const answer = await cancel(taskId);
      assert.equal(answer.status, 202, answer.text);
      const task = await watcher.task("failed");
      assert.equal(task.error.code, "canceled");
      assert.equal(runOf(app.emulator, provider, taskId).status, "canceled");
      await eventually(async () => (await app.rows(taskId)).task?.status === "failed", 5000);
      watcher.close();
    });

    test("that comes too late leaves the result as it is", async () => {
      const { taskId } = await start();
      await control.deliver(idOf(taskId));
      const answer = await cancel(taskId);
      assert.deepEqual([answer.status, answer.body.task.status], [202, "completed"]);
      const lost = await start();
      control.finish(idOf(lost.taskId));
      const late = await cancel(lost.taskId);
      assert.deepEqual([late.status, late.body.task.status], [202, "completed"], "and its webhook was lost");
    });
  });

  describe(`${provider}: without its key`, { timeout }, () => {
    test("its starts are a 503 that names it, and the service is ready", async () => {
      const bare = await startApp({ vars: { [suite.key]: null } });
      try {
        const answer = await (await bare.as("ada")).post("/tasks", { provider, model, input: {} });
        assertRefused(answer, 503, "not_configured");
        assert.match(answer.body.error.message, new RegExp(suite.key));
        assert.equal((await call(`${bare.base}/readyz`)).status, 200);
      } finally {
        await bare.close();
      }
    });
  });
}
