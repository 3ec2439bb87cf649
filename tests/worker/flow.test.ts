/** The main job, end to end, on every wire the provider has had. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { GENERATIONS } from "../../emulator/options.ts";
import { call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { inventedTaskId, nowSeconds, SCHEMES, sendWebhook } from "./support/signatures.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 20_000;

describe("a task goes from the start to a picture that arrives by itself", { timeout }, () => {
  for (const generation of GENERATIONS) {
    test(`on wire ${generation}`, async () => {
      app.emulator.options.generation = generation;
      const started = await ada.start({ count: 3, prompt: "three foxes", metadata: { album: 7 } });
      const { taskId, live } = started;
      assert.equal(started.mynthTaskId, taskId);
      assert.equal(started.task.status, "pending");
      assert.equal(live.url, `/tasks/${taskId}/live`);

      const watcher = await app.watch(live);
      const pending = await watcher.task("pending");
      assert.deepEqual(pending, started.task);
      assert.deepEqual(pending.metadata, { album: 7 });
      assert.deepEqual(
        pending.images.map((image: any) => image.status),
        ["pending", "pending", "pending"],
      );

      const [attempt] = await app.emulator.deliver(taskId);
      assert.deepEqual({ status: attempt?.status, generation: attempt?.generation }, { status: 200, generation });
      const completed = await watcher.task("completed");
      assert.deepEqual(watcher.versions, [1, 2]);
      const pictures = app.emulator.tasks.get(taskId)?.images ?? [];
      assert.equal(pictures.length, 3);
      for (const [position, picture] of pictures.entries()) {
        assert.ok(picture.ok);
        const url = `${app.emulator.url}/images/${picture.id}.png`;
        const { id, status, ...image } = completed.images[position];
        const { id: idBefore } = pending.images[position];
        assert.deepEqual([id, status], [idBefore, "success"]);
        assert.deepEqual(image, {
          position,
          mynthTaskId: taskId,
          requestedModel: "m/x",
          imageId: picture.id,
          url,
          error: null,
        });
        assert.equal((await fetch(url)).headers.get("content-type"), "image/png");
      }
      assert.deepEqual([completed.model, completed.cost, completed.error], ["m/x", "0.03750000", null]);

      assert.deepEqual(await ada.task(taskId), completed);
      const { task, images } = await app.rows(taskId);
      assert.deepEqual([task?.status, task?.version, task?.user_id, task?.cost], ["completed", 2, "ada", "0.03750000"]);
      assert.deepEqual(
        images.map(({ id, user_id, mynth_task_id, requested_model, status, image_id, url, error }) => ({
          id,
          user_id,
          mynth_task_id,
          requested_model,
          status,
          image_id,
          url,
          error,
        })),
        completed.images.map((image: any) => ({
          id: image.id,
          user_id: "ada",
          mynth_task_id: taskId,
          requested_model: "m/x",
          status: "success",
          image_id: image.imageId,
          url: image.url,
          error: null,
        })),
      );
      watcher.close();
    });
  }

  for (const generation of GENERATIONS) {
    for (const [word, code] of [
      ["[fail]", "restricted_content"],
      ["[fail-silent]", "generation_failed"],
    ]) {
      test(`and a failure ${word} arrives with its reason, on wire ${generation}`, async () => {
        app.emulator.options.generation = generation;
        const { taskId, live } = await ada.start({ count: 2, prompt: `a fox ${word}` });
        const watcher = await app.watch(live);
        await app.emulator.deliver(taskId);
        const failed = await watcher.task("failed");
        assert.equal(failed.error.code, code);
        assert.ok(failed.error.message);
        assert.deepEqual(
          failed.images.map((image: any) => [image.status, image.error.code]),
          [
            ["failed", code],
            ["failed", code],
          ],
        );
        const { task, images } = await app.rows(taskId);
        assert.equal(JSON.parse(task?.error).code, code);
        assert.deepEqual(
          images.map(({ status }) => status),
          ["failed", "failed"],
        );
        watcher.close();
      });
    }
  }

  test("and some of its images may fail", async () => {
    app.emulator.options.generation = "g4";
    const { taskId } = await ada.start({ count: 3, prompt: "a fox [partial]" });
    await app.emulator.deliver(taskId);
    const { status, images } = await ada.task(taskId);
    assert.equal(status, "completed");
    assert.deepEqual(
      images.map((image: any) => image.status),
      ["success", "failed", "success"],
    );
    assert.equal(images[1].error.code, "generation_failed");
  });
});

describe("what the provider is sent", { timeout }, () => {
  test("is what the caller asked for, the row ids, and nothing else", async () => {
    const asked = {
      prompt: "a fox",
      model: "m/x",
      count: 2,
      size: "1024x1024",
      negative_prompt: "dogs",
      metadata: { a: 1 },
    };
    const { taskId, task } = await ada.start(asked);
    const imageRowIds = task.images.map((image: any) => image.id);
    assert.deepEqual(app.emulator.tasks.get(taskId)?.request, { ...asked, metadata: { a: 1, imageRowIds } });
    const least = await ada.start({});
    const sent = app.emulator.tasks.get(least.taskId)?.request;
    assert.deepEqual(Object.keys(sent ?? {}).sort(), ["metadata", "model", "prompt"]);
  });
});

describe("a task is read", { timeout }, () => {
  test("with its version as ETag, and not again by who has it", async () => {
    const { taskId } = await ada.start();
    const first = await ada.call(`/tasks/${taskId}`);
    assert.equal(first.headers.get("etag"), '"1"');
    const again = await ada.call(`/tasks/${taskId}`, { headers: { "if-none-match": '"1"' } });
    assert.deepEqual([again.status, again.text, again.headers.get("etag")], [304, "", '"1"']);
    await app.emulator.deliver(taskId);
    const changed = await ada.call(`/tasks/${taskId}`, { headers: { "if-none-match": '"1"' } });
    assert.deepEqual([changed.status, changed.headers.get("etag")], [200, '"2"']);
  });

  test("by the bearer of its ticket, and with a fresh ticket", async () => {
    const { taskId, live } = await ada.start();
    const read = await call(`${app.base}/tasks/${taskId}?ticket=${live.ticket}`);
    assert.deepEqual([read.status, read.body.task.taskId], [200, taskId]);
    const fresh = await ada.call(`/tasks/${taskId}/ticket`, { method: "POST" });
    assert.equal(fresh.status, 200);
    assert.deepEqual(Object.keys(fresh.body).sort(), ["expiresAt", "ticket"]);
    const life = Date.parse(fresh.body.expiresAt) - Date.now();
    assert.ok(life > 3_590_000 && life <= 3_600_000, `${life}`);
    const watcher = await app.watch({ url: live.url, ticket: fresh.body.ticket });
    await watcher.task("pending");
    watcher.close();
  });

  test("in lists: the caller's own, newest first, page by page", async () => {
    const eve = await app.as("eve");
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await eve.start({ prompt: `fox ${i}` })).taskId);
    const first = await eve.list("?limit=2");
    const second = await eve.list(`?limit=2&cursor=${first.nextCursor}`);
    const third = await eve.list(`?limit=2&cursor=${second.nextCursor}`);
    const seen = [first, second, third].flatMap(({ tasks }) => tasks.map((task: any) => task.taskId));
    assert.deepEqual(seen, ids);
    assert.equal(third.nextCursor, null);
    await app.emulator.deliver(ids[1] ?? "");
    const completed = await eve.list("?status=completed&kind=image.generate");
    assert.deepEqual(completed.tasks, [await eve.task(ids[1] ?? "")]);
    assert.deepEqual((await eve.list("?kind=image.alt")).tasks, []);
  });
});

describe("a live socket", { timeout }, () => {
  test("tells a watcher who has the current version just that", async () => {
    const { taskId, live } = await ada.start();
    const current = await app.watch(live, "?version=1");
    assert.deepEqual(await current.until(({ frames }) => frames[0]), { type: "current", version: 1 });
    const behind = await app.watch(live, "?version=0");
    assert.equal((await behind.until(({ frames }) => frames[0])).type, "task");
    await app.emulator.deliver(taskId);
    for (const watcher of [current, behind]) {
      await watcher.task("completed");
      assert.deepEqual(watcher.versions, [1, 2]);
      watcher.close();
    }
  });

  test("answers ping, and listens to nothing else", async () => {
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    await watcher.settled();
    assert.deepEqual(watcher.words, ["pong"]);
    watcher.socket.send(JSON.stringify({ type: "task", task: { status: "completed" } }));
    watcher.socket.send("x".repeat(4096));
    await watcher.settled();
    assert.equal(watcher.closed, null);
    assert.deepEqual(watcher.versions, [1]);
    assert.equal((await ada.task(taskId)).status, "pending");
    watcher.close();
  });

  for (const [name, message] of [
    ["text", "x".repeat(4097)],
    ["bytes", new Uint8Array(4097)],
  ] as const) {
    test(`is closed when it sends more than 4 KB of ${name}`, async () => {
      const { live } = await ada.start();
      const watcher = await app.watch(live);
      watcher.socket.send(message);
      assert.equal((await watcher.until(({ closed }) => closed)).code, 1009);
    });
  }

  test("is closed when the browser closes it", async () => {
    const { live } = await ada.start();
    for (const code of [undefined, 1000, 4321]) {
      const watcher = await app.watch(live);
      watcher.socket.close(code);
      await watcher.until(({ closed }) => closed);
    }
  });

  test("shows the same to all who watch, and loses nobody when one of them is gone", async () => {
    const { taskId, live } = await ada.start();
    const watchers = await Promise.all(Array.from({ length: 20 }, () => app.watch(live)));
    watchers[0]?.terminate();
    watchers[1]?.close();
    await app.emulator.deliver(taskId);
    const seen = await Promise.all(watchers.slice(2).map((watcher) => watcher.task("completed")));
    for (const task of seen) assert.deepEqual(task, seen[0]);
    for (const watcher of watchers) watcher.terminate();
  });
});

describe("a signed event is acknowledged", { timeout }, () => {
  const bodies: Record<string, (taskId: string) => object> = {
    "of another kind": (id) => ({
      event: "task.image.rate.completed",
      task: { id },
      request: {},
      result: { level: "sfw" },
    }),
    "of another kind, on the current wire": (id) => ({
      id: "evt_1",
      type: "task.video.generate.failed",
      data: { id, type: "video.generate", status: "failed", errors: null },
    }),
    "with an ending nobody knows": (id) => ({ event: "task.image.generate.paused", task: { id } }),
    "about no task": () => ({ event: "account.balance.low" }),
    "about no task, on the current wire": () => ({ id: "evt_2", type: "api_key.rotated", data: { id: "key_1" } }),
    "with a name and nothing else": () => ({ type: "ping" }),
  };
  for (const [name, make] of Object.entries(bodies)) {
    test(name, async () => {
      const body = JSON.stringify(make(inventedTaskId()));
      const answer = await sendWebhook(app.base, body, SCHEMES.g4(body, { time: nowSeconds() }));
      assert.deepEqual([answer.status, answer.body], [200, { received: true }]);
    });
  }

  test("and changes nothing of a task when it says nothing of it", async () => {
    const { taskId } = await ada.start();
    const body = JSON.stringify({ event: "task.image.generate.paused", task: { id: taskId } });
    assert.equal((await sendWebhook(app.base, body, SCHEMES.g2(body))).status, 200);
    assert.equal((await ada.task(taskId)).version, 1);
  });
});

test("it is alive, it is ready, and the page learns where people sign in", { timeout }, async () => {
  assert.deepEqual((await call(`${app.base}/healthz`)).body, { ok: true });
  assert.deepEqual((await call(`${app.base}/readyz`)).body, { ready: true });
  const config = await call(`${app.base}/config.json`);
  assert.deepEqual(config.body, { issuer: app.emulator.url, clientId: "taskwire-web", audience: "taskwire" });
});
