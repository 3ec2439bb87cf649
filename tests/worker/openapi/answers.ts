/** Every answer to a good request. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, describe, test } from "node:test";
import WebSocket from "ws";
import { call } from "../support/api.ts";
import { startApp } from "../support/app.ts";
import { watchFeed } from "../support/feed_watcher.ts";
import { begin, contentRow, eventOf, inventedChannelId, tell } from "../support/river.ts";
import { watchContent } from "../support/river_watcher.ts";
import { BODIES, KINDS, WHOLE } from "../support/samples.ts";
import { completedBody } from "../support/signatures.ts";
import { ada, app, ask, contract, good, signed, timeout, token } from "./deployed.ts";

describe("a good request is answered as described:", { timeout }, () => {
  test("starts", async () => {
    assert.equal((await ask("POST /generate", { body: WHOLE })).status, 201);
    for (const [name, body] of Object.entries(BODIES)) {
      const answer = await ask(name, { body });
      assert.equal(answer.status, name === "POST /estimate" ? 200 : 201, answer.text);
    }
    for (const [kind, request] of Object.entries(KINDS)) {
      assert.equal((await ask("POST /tasks", { body: { kind, request } })).status, 201);
    }
  });

  test("tasks of every kind and in every state", async () => {
    const [one, two, three] = [
      await ada.start(),
      await ada.start({ prompt: "[partial] fox", count: 3 }),
      await ada.start(),
    ];
    await app.emulator.deliver(two.taskId);
    await app.emulator.deliver(three.taskId, { event: "failed" });
    for (const { taskId: id } of [one, two, three]) {
      const { headers } = await ask("GET /tasks/{id}", { id });
      const known = await ask("GET /tasks/{id}", { id, headers: { "if-none-match": headers.get("etag") ?? "" } });
      assert.equal(known.status, 304);
    }
    const rated = await ask("POST /tasks", { body: { kind: "image.review", request: KINDS["image.review"] } });
    await app.emulator.deliver(rated.body.taskId);
    const { batchId: id } = (await ask("POST /generate/batch", { body: good("POST /generate/batch") })).body;
    const { headers } = await ask("GET /batches/{id}", { id });
    assert.equal(
      (await ask("GET /batches/{id}", { id, headers: { "if-none-match": headers.get("etag") ?? "" } })).status,
      304,
    );
    const page = await ask("GET /tasks", { query: "?limit=1" });
    await ask("GET /tasks", { query: `?limit=100&cursor=${page.body.nextCursor}&status=failed&kind=image.generate` });
    const { body } = await ask("GET /tasks", { query: "?limit=100" });
    const states = new Set(body.tasks.map(({ status }: any) => status));
    assert.deepEqual(states, new Set(["pending", "completed", "failed"]));
  });

  test("cancellations: of a task that is over, and of one that its provider never cancels", async () => {
    const [over, running] = [await ada.start(), await ada.start()];
    await app.emulator.deliver(over.taskId);
    assert.equal((await ask("POST /tasks/{id}/cancel", { id: over.taskId })).status, 202);
    const refused = await ask("POST /tasks/{id}/cancel", { id: running.taskId });
    assert.deepEqual([refused.status, refused.body.error.code], [409, "not_cancelable"]);
  });

  test("ModelRiver's channels and rows", async () => {
    const { channelId: id } = (await ask("POST /ai", { body: good("POST /ai") })).body;
    const before = await ask("GET /channels/{id}", { id });
    assert.equal(
      (await ask("GET /channels/{id}", { id, headers: { "if-none-match": before.headers.get("etag") ?? "" } })).status,
      304,
    );
    await tell(app.base, eventOf(id));
    assert.equal((await ask("GET /channels/{id}", { id })).body.content.title, "Inception");
    const failed = (await ask("POST /ai", { body: good("POST /ai") })).body.channelId;
    await app.emulator.modelriver.deliver(failed, { outcome: "failed" });
    assert.equal((await ask("GET /channels/{id}", { id: failed })).body.channel.error.code.length > 0, true);
    await app.emulator.modelriver.deliver(begin(app, "a film", { user_id: "ada" }).id);
    const page = await ask("GET /content", { query: "?limit=1" });
    await ask("GET /content", { query: `?limit=2&cursor=${page.body.nextCursor}` });
    assert.equal((await ask("GET /content/{id}", { id: page.body.content[0].id })).status, 200);
  });

  test("tickets, and what their sockets say", async () => {
    const { taskId } = await ada.start();
    const { batchId } = (await ask("POST /generate/batch", { body: good("POST /generate/batch") })).body;
    const { channelId } = (await ask("POST /ai", { body: good("POST /ai") })).body;
    const hers = { customer_data: { user_id: "ada" } };
    const news = () => tell(app.base, eventOf(inventedChannelId(), { title: "T" }, hers));
    const sockets: [live: string, id: string, types: string[], after?: () => Promise<void>][] = [
      ["/tasks/live", "", ["task"]],
      ["/batches/{id}/live", batchId, ["task"]],
      ["/tasks/{id}/live", taskId, ["task", "current"]],
      ["/channels/{id}/live", channelId, ["channel", "current"]],
      ["/content/live", "", ["content"], news],
    ];
    for (const [path, id, types, news] of sockets) {
      const live = `GET ${path}`;
      const asked = await ask(`POST ${path.replace("live", "ticket")}`, { id });
      const query = `?ticket=${asked.body.ticket}`;
      assert.equal((await contract.dial(app.base, live, { id, query })).status, 101);
      for (const type of types) {
        const socket = new WebSocket(
          app.base.replace("http", "ws") + path.replace("{id}", id) + (type === "current" ? "?version=1" : ""),
          {
            headers: { authorization: `Bearer ${token}` },
          },
        );
        const signal = AbortSignal.timeout(10_000);
        const said = once(socket, "message", { signal });
        await once(socket, "open", { signal });
        await news?.();
        const frame = JSON.parse(String((await said)[0]));
        assert.equal(frame.type, type);
        contract.frame(live, frame);
        socket.terminate();
      }
    }
  });

  test("what is erased, and the frames that say so", async () => {
    const { taskId, live } = await ada.start();
    const ofTask = await app.watch(live);
    const ofTasks = await watchFeed(app.base, { url: "/tasks/live", token });
    await ofTasks.shows(taskId, "pending");
    assert.equal((await ask("DELETE /tasks/{id}", { id: taskId })).status, 204);
    await ofTask.until(({ erased }) => erased);
    await ofTasks.until(({ erased }) => erased.includes(taskId));
    for (const path of ["/tasks/{id}/live", "/tasks/live", "/batches/{id}/live"])
      contract.frame(`GET ${path}`, { type: "erased", taskId });

    const { channelId } = (await ask("POST /ai", { body: good("POST /ai") })).body;
    const ofContent = await watchContent(ada);
    await tell(app.base, eventOf(channelId));
    const { content } = (await ask("GET /channels/{id}", { id: channelId })).body;
    await ofContent.row(content.id);
    assert.equal((await ask("DELETE /content/{id}", { id: content.id })).status, 204);
    await ofContent.until(({ erased }) => erased.includes(content.id));
    for (const path of ["/content/live", "/channels/{id}/live"])
      contract.frame(`GET ${path}`, { type: "erased", channelId, contentId: content.id });
    for (const socket of [ofTask, ofTasks, ofContent]) socket.terminate();
  });

  test("what will be erased once D1 takes it, and all that a user has", async () => {
    const away = await startApp({ shim: true });
    after(() => away.close());
    const user = await away.as("ada");
    const { taskId } = await user.start();
    const { channelId } = (await contract.ask(away.base, "POST /ai", { token: user.token, body: good("POST /ai") }))
      .body;
    await tell(away.base, eventOf(channelId));
    const id = (await contentRow(away, channelId)).id;
    await away.shim("hang");
    const erasing = [
      contract.ask(away.base, "DELETE /tasks/{id}", { token: user.token, id: taskId }),
      contract.ask(away.base, "DELETE /content/{id}", { token: user.token, id }),
    ];
    for (const answer of await Promise.all(erasing)) assert.equal(answer.status, 202, answer.text);
    await away.shim("ok");
    assert.equal((await contract.ask(away.base, "DELETE /users/me", { token: user.token })).status, 202);
  });

  test("webhooks, of tasks and of anything else", async () => {
    const { taskId } = await ada.start();
    for (const body of [completedBody(taskId), JSON.stringify({ event: "account.low_balance" })]) {
      assert.equal((await ask("POST /webhooks/mynth", { body, headers: signed(body) })).status, 200);
    }
    const body = JSON.stringify(eventOf(inventedChannelId()));
    assert.equal((await ask("POST /webhooks/modelriver", { body, headers: signed(body) })).status, 200);
  });

  test("the provider's models", async () => {
    const { models } = (await ask("GET /models")).body;
    assert.ok(
      models.some(({ id, name }: any) => id === "google/gemini-3.1-flash-image" && name === "Gemini 3.1 Flash Image"),
    );
  });

  test("words about the site, to anybody", async () => {
    for (const name of ["GET /config.json", "GET /healthz", "GET /readyz"]) {
      assert.equal((await contract.ask(app.base, name)).status, 200);
    }
  });

  test("HEAD as GET, but for the body", async () => {
    for (const { method, path, isSocket } of contract.operations) {
      if (method !== "GET" || isSocket) continue;
      const at = app.base + path.replace("{id}", "none");
      const [get, head] = [await call(at), await call(at, { method: "HEAD" })];
      assert.deepEqual([head.status, head.text], [get.status, ""], path);
    }
  });
});
