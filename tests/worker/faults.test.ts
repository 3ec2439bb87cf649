/**
 * What usually goes wrong in a backend that waits for a provider of images or of text: one test
 * each, by the fault that it would show.
 */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Api, assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { startProxy } from "./support/proxy.ts";
import { ask, begin, calledBack, contentRow, eventOf, inventedChannelId, sendRiver, tell } from "./support/river.ts";
import { watchRiver } from "./support/river_watcher.ts";
import { completedBody, hexHeaders, nowSeconds, SCHEMES, sendWebhook } from "./support/signatures.ts";
import { withoutRowIds, withRowIds } from "./support/tampering.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");

/** What ended up in which row, by the rows' own order. */
const placed = (task: any) => task.images.map((image: any) => image.imageId ?? image.error?.code);
const made = (taskId: string) => app.emulator.tasks.get(taskId)?.images.map((image) => image.ok && image.id) ?? [];

describe("faults that are not here", { timeout: 60_000, concurrency: true }, () => {
  test("1: the provider is called before there are rows, and a quick webhook finds nothing", async () => {
    // Not by the provider's own hook: other tests start tasks at the same time.
    const other = await startApp();
    try {
      let rows: number | undefined;
      other.emulator.options.onCreate = async ({ id }) => {
        rows = (await other.sql("SELECT id FROM images WHERE status = 'pending'")).length;
        await other.emulator.deliver(id);
      };
      const { task, taskId } = await (await other.as("ada")).start({ count: 3 });
      assert.equal(rows, 3);
      assert.equal(task.status, "completed");
      assert.deepEqual(
        (await other.rows(taskId)).images.map(({ status }) => status),
        ["success", "success", "success"],
      );
    } finally {
      await other.close();
    }
  });

  test("2: images go to rows in whatever order a query returns them", async () => {
    const ways = [{}, { mutate: withoutRowIds }];
    for (const how of ways) {
      const { taskId } = await ada.start({ count: 8 });
      await app.emulator.deliver(taskId, how);
      assert.deepEqual(placed(await ada.task(taskId)), made(taskId));
      assert.deepEqual(
        (await app.rows(taskId)).images.map(({ image_id }) => image_id),
        made(taskId),
      );
    }
    // Where the provider names the row of each image, that is where it goes.
    const { taskId, task } = await ada.start({ count: 3 });
    const ids = task.images.map((image: any) => image.id);
    await app.emulator.deliver(taskId, { mutate: withRowIds([...ids].reverse()) });
    assert.deepEqual(placed(await ada.task(taskId)), made(taskId).reverse());
  });

  test("2b: images go to the rows of another task, because the webhook says so", async () => {
    const eve = await app.as("eve");
    const hers = await eve.start({ count: 2 });
    const mine = await ada.start({ count: 2 });
    const ids = hers.task.images.map((image: any) => image.id);
    await app.emulator.deliver(mine.taskId, { mutate: withRowIds(ids) });
    assert.deepEqual(placed(await ada.task(mine.taskId)), made(mine.taskId));
    assert.deepEqual(await eve.task(hers.taskId), hers.task);
    assert.deepEqual(
      (await app.sql("SELECT status FROM images WHERE id IN (?, ?)", ...ids)).map(({ status }) => status),
      ["pending", "pending"],
    );
  });

  test("3: an image more is dropped, and an image less stays pending for ever", async () => {
    const more = await ada.start({ count: 2, prompt: "a fox [extra]" });
    const less = await ada.start({ count: 3, prompt: "a fox [missing]" });
    for (const { taskId } of [more, less]) await app.emulator.deliver(taskId);
    const three = await ada.task(more.taskId);
    assert.deepEqual(placed(three), made(more.taskId));
    assert.equal(three.images.length, 3);
    const two = await ada.task(less.taskId);
    assert.deepEqual(placed(two), [...made(less.taskId), "missing_result"]);
    assert.deepEqual(
      two.images.map((image: any) => image.status),
      ["success", "success", "failed"],
    );
    for (const { taskId } of [more, less]) {
      const { task, images } = await app.rows(taskId);
      assert.equal(task?.status, "completed");
      assert.equal(images.length, 3);
      assert.ok(images.every(({ status }) => status !== "pending"));
    }
  });

  test("4: only the word of the day counts as success", async () => {
    for (const status of ["succeeded", "success"]) {
      for (const sign of Object.values(SCHEMES)) {
        const { taskId } = await ada.start();
        const body = completedBody(taskId, [{ status, id: "img_1", url: "https://x.example/1.png" }]);
        assert.equal((await sendWebhook(app.base, body, sign(body))).status, 200);
        assert.deepEqual(
          (await ada.task(taskId)).images.map((image: any) => image.status),
          ["success"],
        );
      }
    }
  });

  test("5: an image without an address breaks the handler, at every retry", async () => {
    const { taskId } = await ada.start({ count: 2, prompt: "a fox [nourl]" });
    const [attempt] = await app.emulator.deliver(taskId);
    assert.equal(attempt?.status, 200);
    const { images } = await ada.task(taskId);
    for (const [position, image] of images.entries()) {
      assert.deepEqual(
        [image.status, image.url],
        ["success", `${app.emulator.url}/images/${made(taskId)[position]}.png`],
      );
    }
    const nowhere = await ada.start();
    const body = completedBody(nowhere.taskId, [{ status: "success", id: "img_1", url: null }]);
    assert.equal((await sendWebhook(app.base, body, hexHeaders(body))).status, 200);
    const [image] = (await ada.task(nowhere.taskId)).images;
    assert.deepEqual([image.status, image.url, image.error.code], ["failed", null, "missing_url"]);
  });

  test("6: a late failure overwrites a picture that is there", async () => {
    const { taskId } = await ada.start();
    await app.emulator.deliver(taskId, { event: "completed" });
    const before = await ada.task(taskId);
    const [late] = await app.emulator.deliver(taskId, { event: "failed" });
    assert.equal(late?.status, 200);
    assert.deepEqual(await ada.task(taskId), before);
    const { task, images } = await app.rows(taskId);
    assert.deepEqual([task?.status, images[0]?.status, images[0]?.error], ["completed", "success", null]);
  });

  test("7: whoever has once seen a webhook can send it again, and again", async () => {
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    const body = completedBody(taskId);
    for (const sign of Object.values(SCHEMES)) {
      assertRefused(
        await sendWebhook(app.base, body, sign(body, { time: nowSeconds() - 301 })),
        401,
        "invalid_signature",
      );
    }
    const captured = hexHeaders(body);
    for (let i = 0; i < 3; i++) assert.equal((await sendWebhook(app.base, body, captured)).status, 200);
    await watcher.settled();
    assert.deepEqual(watcher.versions, [1, 2]);
    watcher.close();
  });

  test("8: a start that goes wrong leaves rows that wait for ever", async () => {
    const bob = await app.as("bob");
    assertRefused(await bob.generate({ count: 2, prompt: "a fox [refuse-500]" }), 503, "provider_unavailable");
    assertRefused(await bob.generate({ count: 2, prompt: "a fox [refuse-402]" }), 502, "insufficient_balance");
    const rows = await app.sql(
      "SELECT t.status, i.status AS image FROM tasks t JOIN images i ON i.task_id = t.id WHERE t.user_id = 'bob'",
    );
    // Of the second nothing stays: it was a clear no.
    assert.deepEqual(rows, Array(2).fill({ status: "failed", image: "failed" }));
  });

  test("9: whoever is signed in can read every task", async () => {
    const { taskId } = await ada.start({ prompt: "private" });
    const eve = new Api(app.base, await app.emulator.token({ sub: "eve" }));
    const answer = await eve.call(`/tasks/${taskId}`);
    assertRefused(answer, 404, "not_found");
    assertRefused(await eve.call(`/tasks/${taskId}/ticket`, { method: "POST" }), 404, "not_found");
    assert.ok(!JSON.stringify(await eve.list()).includes("private"));
    assert.equal((await ada.task(taskId)).prompt, "private");
  });

  test("10: a task whose webhook is lost is pending for ever", async () => {
    const { taskId, live } = await ada.start();
    const watcher = await app.watch(live);
    app.emulator.finish(taskId);
    const task = await watcher.task("completed", 32_000);
    assert.deepEqual(placed(task), made(taskId));
    assert.equal(
      app.emulator.deliveries.some((each) => each.taskId === taskId),
      false,
    );
  });

  test("11: without a secret, everyone's signature is good", async () => {
    const other = await startApp({ vars: { MYNTH_WEBHOOK_SECRET: null } });
    try {
      const { taskId } = await (await other.as("ada")).start();
      const body = completedBody(taskId);
      for (const sign of Object.values(SCHEMES)) {
        const answer = await sendWebhook(other.base, body, sign(body, { secret: "" }));
        assertRefused(answer, 503, "not_configured");
        assert.equal(answer.body.error.message, "MYNTH_WEBHOOK_SECRET is not set.");
      }
      assert.equal((await (await other.as("ada")).task(taskId)).status, "pending");
    } finally {
      await other.close();
    }
  });

  test("12: the API key is posted to whatever address the webhook names", async () => {
    const thief = await startProxy(app.emulator.url);
    try {
      const host = new URL(app.emulator.url).host;
      const theirs = thief.url.replace("http://", "");
      for (const url of [
        thief.url,
        `http://${host}@${theirs}`,
        `http://${theirs}\\@${host}`,
        `http://${theirs}#@${host}`,
      ]) {
        const channelId = inventedChannelId();
        await tell(
          app.base,
          eventOf(channelId, { title: "Made" }, { callback_url: `${url}/v1/callback/x`, callback_required: true }),
        );
        const row = await contentRow(app, channelId);
        assert.deepEqual([row.title, row.callback], ["Made", "failed"], url);
      }
      // Nor where the provider's own host sends it on to.
      const channel = begin(app);
      channel.callbackPlan = { status: 307, location: `${thief.url}/v1/callback/x` };
      await app.emulator.modelriver.deliver(channel.id);
      await calledBack(app, channel.id, "failed");
      assert.deepEqual(thief.requests, []);
    } finally {
      await thief.close();
    }
  });

  test("13: a callback that fails is a generation that failed, and a webhook that is retried is a second row", async () => {
    const { channelId, live } = await ask(ada, "a film [callback-expired]");
    const watcher = await watchRiver(app.base, live);
    const attempts = await app.emulator.modelriver.deliver(channelId, { copies: 20 });
    assert.deepEqual(new Set(attempts.map(({ status }) => status)), new Set([200]));
    const row = await calledBack(app, channelId, "failed");
    await app.emulator.modelriver.deliver(channelId, { copies: 20 });
    const { channel, content } = await watcher.callback("failed");
    assert.deepEqual(
      [channel.status, channel.error, content.id, content.title],
      ["completed", null, row.id, row.title],
    );
    assert.deepEqual((await ada.call(`/channels/${channelId}`)).body, { channel, content });
    assert.deepEqual(
      (await ada.call("/content")).body.content.filter((one: any) => one.channelId === channelId),
      [content],
    );
    assert.ok(watcher.frames.every((frame) => frame.channel.status !== "failed"));
    watcher.terminate();
  });

  test("14: anyone can insert a row, and a list is as long as its caller says", async () => {
    const body = JSON.stringify(eventOf(inventedChannelId(), { title: "Mine" }, { customer_data: { user_id: "ada" } }));
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      for (const path of ["/content", "/content/cnt_1", "/channels/c1"]) {
        const answer = await ada.call(path, { method, body: method === "DELETE" ? null : body });
        // A row is erased by its owner: there is none here.
        if (method === "DELETE" && path === "/content/cnt_1") assertRefused(answer, 404, "not_found");
        else assertRefused(answer, 405, "method_not_allowed");
      }
    }
    assertRefused(await sendRiver(app.base, body, { authorization: `Bearer ${ada.token}` }), 401, "invalid_signature");
    assert.deepEqual(await app.sql("SELECT id FROM ai_content WHERE title = 'Mine'"), []);
    for (const limit of ["0", "101", "1000000", "-1", "1.5", "all", ""]) {
      const answer = await ada.call(`/content?limit=${limit}`);
      assertRefused(answer, 422, "validation_error", limit);
      assert.equal(answer.body.error.issues[0].path, "limit");
    }
  });
});
