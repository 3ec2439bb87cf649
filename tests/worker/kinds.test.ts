/** The provider's other kinds, from a start to a result: wherever one looks, it is what the provider said. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { Contract } from "./support/contract.ts";
import { SCHEMES, sendWebhook } from "./support/signatures.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const contract = await Contract.of(app.base);
const timeout = 30_000;

const url = "https://pictures.example/red-fox.png";

interface Case {
  path: string;
  request: object;
  /** Looks into the result as an app would. */
  check: (result: any) => void;
}

/** A picture of the provider's. */
function isPicture(picture: any): void {
  assert.match(picture.status, /^succe/);
  assert.ok(picture.url.startsWith(`${app.emulator.url}/images/`), picture.url);
}

const KINDS: Record<string, Case> = {
  "image.rate": {
    path: "/image/rate",
    request: { url, mode: "strict" },
    check: ({ level }) => assert.equal(level, "sfw"),
  },
  "image.alt": { path: "/image/alt", request: { url }, check: ({ alt }) => assert.equal(alt, "A picture of red fox.") },
  "image.review": {
    path: "/image/review",
    request: { url, effort: "high" },
    check: ({ score, summary, findings, strengths }) =>
      assert.deepEqual([typeof score, typeof summary, findings.length, strengths.length], ["number", "string", 1, 2]),
  },
  "image.remove_background": {
    path: "/image/remove-background",
    request: { url },
    check: ({ image }) => isPicture(image),
  },
  "image.upscale": {
    path: "/image/upscale",
    request: { url, size: "4x", effort: "high" },
    check: ({ image }) => isPicture(image),
  },
  "video.generate": {
    path: "/video/generate",
    request: { model: "v/x", prompt: "a fox runs", duration: 4, resolution: "720p", audio: true, inputs: [{ url }] },
    check: ({ model, videos }) => {
      assert.deepEqual([model, videos.length], ["v/x", 1]);
      isPicture(videos[0]);
    },
  },
};

/** The result as the provider itself shows it. */
async function resultOf(taskId: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${app.emulator.options.apiKey}` };
  const body: any = await (await fetch(`${app.emulator.url}/tasks/${taskId}/result`, { headers })).json();
  return "data" in body ? body.data : body;
}

async function start(kind: string, request: object): Promise<any> {
  const answer = await ada.post("/tasks", { kind, request });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

for (const generation of ["g2", "g3", "g4"] as const) {
  describe(`on wire ${generation}`, { timeout }, () => {
    for (const [kind, { path, request, check }] of Object.entries(KINDS)) {
      test(`${kind} is asked for as it was asked, and its result is everywhere`, async () => {
        app.emulator.options.generation = generation;
        const { taskId, mynthTaskId, task, live } = await start(kind, request);
        assert.deepEqual([mynthTaskId, task.taskId, live.url], [taskId, taskId, `/tasks/${taskId}/live`]);
        assert.deepEqual([task.kind, task.status, task.version, task.userId], [kind, "pending", 1, "ada"]);
        assert.deepEqual([task.images, task.result], [[], null]);
        const { path: asked, body } = app.emulator.requests.findLast(({ method }) => method === "POST") ?? {};
        assert.deepEqual([asked, body], [path, request]);

        const watcher = await app.watch(live);
        assert.deepEqual(await watcher.task("pending"), task);
        const [attempt] = await app.emulator.deliver(taskId);
        assert.equal(attempt?.status, 200);
        const shown = await watcher.task("completed");
        assert.deepEqual(watcher.versions, [1, 2]);
        watcher.close();

        assert.deepEqual(shown.result, await resultOf(taskId));
        check(shown.result);
        contract.value("TaskResult", { kind, result: shown.result });
        assert.deepEqual([shown.images, shown.error], [[], null]);
        assert.equal(shown.model, kind === "video.generate" ? "v/x" : null);
        assert.equal(shown.prompt, kind === "video.generate" ? "a fox runs" : null);
        assert.deepEqual(await ada.task(taskId), shown);
        assert.deepEqual((await ada.list(`?kind=${kind}&limit=1`)).tasks, [shown]);
        const rows = await app.rows(taskId);
        assert.deepEqual([rows.task?.kind, rows.task?.status, rows.task?.version], [kind, "completed", 2]);
        assert.deepEqual([JSON.parse(rows.task?.result), rows.images], [shown.result, []]);
      });
    }

    test("a task of any kind that fails says why, and has no result", async () => {
      app.emulator.options.generation = generation;
      for (const [kind, { request }] of Object.entries(KINDS)) {
        const word = "url" in request ? { url: "https://pictures.example/[fail].png" } : { prompt: "a fox [fail]" };
        const { taskId, live } = await start(kind, { ...request, ...word });
        const watcher = await app.watch(live);
        await app.emulator.deliver(taskId);
        const shown = await watcher.task("failed");
        watcher.close();
        assert.deepEqual([shown.version, shown.error.code, shown.result], [2, "restricted_content", null]);
        assert.deepEqual(await ada.task(taskId), shown);
        const { task } = await app.rows(taskId);
        assert.deepEqual(
          [task?.status, JSON.parse(task?.error).code, task?.result],
          ["failed", "restricted_content", null],
        );
      }
    });
  });
}

describe("POST /tasks", { timeout }, () => {
  test("starts images as POST /generate does", async () => {
    app.emulator.options.generation = "g4";
    const { taskId, task } = await start("image.generate", {
      prompt: "a fox",
      model: "m/x",
      count: 2,
      metadata: { mine: 1 },
    });
    assert.deepEqual(
      [task.kind, task.prompt, task.images.length, task.metadata],
      ["image.generate", "a fox", 2, { mine: 1 }],
    );
    await app.emulator.deliver(taskId);
    const { images, result } = await ada.task(taskId);
    assert.deepEqual(
      images.map(({ status }: any) => status),
      ["success", "success"],
    );
    assert.equal(result, null);
  });

  test("names what is wrong inside the request, and calls nobody", async () => {
    const calls = app.emulator.requests.length;
    const wrong: [body: object, paths: string[]][] = [
      [
        { kind: "image.upscale", request: { url: "fox.png", size: "3x", effort: 1, mode: "x" } },
        ["request.effort", "request.mode", "request.size", "request.url"],
      ],
      [{ kind: "image.upscale", request: { url: "https://" } }, ["request.effort", "request.size", "request.url"]],
      [{ kind: "video.generate", request: { prompt: "" } }, ["request.model", "request.prompt"]],
      [{ kind: "image.rate2", request: { url } }, ["kind"]],
      [{ kind: "image.rate" }, ["request"]],
      [{ kind: "image.rate", request: { url }, user_id: "eve" }, ["user_id"]],
    ];
    for (const [body, paths] of wrong) {
      const answer = await ada.post("/tasks", body);
      assertRefused(answer, 422, "validation_error");
      assert.deepEqual(answer.body.error.issues.map(({ path }: any) => path).sort(), paths);
    }
    assert.equal(app.emulator.requests.length, calls);
  });

  test("says what the provider refuses, and keeps no row of it", async () => {
    const before = (await ada.list("?limit=100")).tasks.length;
    const answer = await ada.post("/tasks", {
      kind: "image.alt",
      request: { url: "https://pictures.example/[refuse-402].png" },
    });
    assertRefused(answer, 502, "insufficient_balance");
    assert.equal((await ada.list("?limit=100")).tasks.length, before);
  });

  test("says which field the provider refuses, as it is named in the request", async () => {
    const answer = await ada.post("/tasks", { kind: "image.alt", request: { url: "https://[" } });
    assertRefused(answer, 422, "validation_error");
    assert.deepEqual(answer.body.error.issues, [{ path: "request.url", message: "Expected an http or https URL" }]);
  });

  test("gives one task to one Idempotency-Key, and the key belongs to this route", async () => {
    const key = { "idempotency-key": "one-rating" };
    const body = JSON.stringify({ kind: "image.rate", request: { url } });
    const tasks = app.emulator.tasks.size;
    const [first, second] = [await ada.post("/tasks", body, key), await ada.post("/tasks", body, key)];
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.equal(second.body.taskId, first.body.taskId);
    assert.equal(app.emulator.tasks.size, tasks + 1);
    assertRefused(await ada.generate({}, key), 409, "idempotency_conflict");
  });

  test("is for signed-in callers, whose tasks are theirs alone", async () => {
    const { taskId } = await start("image.alt", { url });
    await app.emulator.deliver(taskId);
    assertRefused(await (await app.as("eve")).call(`/tasks/${taskId}`), 404, "not_found");
    const body = JSON.stringify({ kind: "image.alt", request: { url } });
    const headers = { "content-type": "application/json", authorization: "Bearer nobody" };
    assertRefused(await ada.call("/tasks", { method: "POST", body, headers }), 401, "unauthorized");
  });
});

describe("an event of a kind that comes tomorrow", { timeout }, () => {
  for (const [generation, sign] of Object.entries(SCHEMES)) {
    test(`is taken on wire ${generation}, whether its task is known or not`, async () => {
      const { taskId } = await start("image.rate", { url });
      for (const id of [taskId, "tsk_01KE7XWWEQ4MCGWKBQKJ1G47RP"]) {
        const result = { level: "sfw", because: "no reason" };
        const body = JSON.stringify(
          generation === "g4"
            ? {
                id: "evt_1",
                type: "task.image.rate2.completed",
                timestamp: new Date().toISOString(),
                data: { id, status: "completed", result },
              }
            : { event: "task.image.rate2.completed", task: { id }, request: {}, result },
        );
        const answer = await sendWebhook(app.base, body, sign(body));
        assert.deepEqual([answer.status, answer.body], [200, { received: true }]);
      }
      // Its result is kept as it is: apps may know what to make of it before this Worker does.
      const { kind, status, result } = await ada.task(taskId);
      assert.deepEqual([kind, status, result], ["image.rate", "completed", { level: "sfw", because: "no reason" }]);
    });
  }
});
