/** `POST /ai`: from a request to its channel, live, and to the row that comes of it. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { aiRequest, aiStarts, ask, calledBack, contentRow } from "./support/river.ts";
import { watchRiver } from "./support/river_watcher.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const river = app.emulator.modelriver;
const timeout = 40_000;

afterEach(() => {
  app.emulator.options.modelriver.onStart = undefined;
});

describe("POST /ai", { timeout }, () => {
  test("asks the provider for what was asked, in the user's name, and nothing more", async () => {
    const messages = [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "A film" },
          { type: "image_url", image_url: { url: "https://x.example/1.png" } },
        ],
      },
    ];
    const metadata = { category: "drama", order: { n: [1, null] }, userId: "eve" };
    await ask(ada, "", { workflow: "films", messages, metadata });
    const intent = () => aiStarts(app).at(-1)?.body.metadata.taskwire_intent;
    assert.deepEqual(aiStarts(app).at(-1)?.body, {
      workflow: "films",
      messages,
      metadata: { ...metadata, user_id: "ada", taskwire_intent: intent() },
      user_id: "ada",
    });
    await ask(ada, "plain");
    assert.deepEqual(aiStarts(app).at(-1)?.body, {
      ...aiRequest("plain"),
      metadata: { user_id: "ada", taskwire_intent: intent() },
      user_id: "ada",
    });
    assert.deepEqual(await app.sql("SELECT user_id, workflow FROM intents WHERE id = ?", intent()), [
      { user_id: "ada", workflow: "new_movie_suggestion" },
    ]);
  });

  test("answers with the channel, and a ticket for it", async () => {
    const before = Date.now();
    const started = await ask(ada);
    const { channelId } = started;
    assert.deepEqual([...river.channels.keys()].at(-1), channelId);
    const { createdAt, updatedAt } = started.channel;
    assert.deepEqual(started, {
      channelId,
      channel: {
        channelId,
        status: "pending",
        version: 1,
        workflow: "new_movie_suggestion",
        userId: "ada",
        error: null,
        createdAt,
        updatedAt,
      },
      live: { url: `/channels/${channelId}/live`, ticket: started.live.ticket, expiresAt: started.live.expiresAt },
    });
    for (const time of [createdAt, updatedAt]) assert.ok(Math.abs(Date.parse(time) - before) < 10_000, time);
    const lasts = Date.parse(started.live.expiresAt) - before;
    assert.ok(lasts > 3_590_000 && lasts < 3_620_000, `${lasts}`);
    assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("and its ticket reads the channel and watches it, from pending to what was made", async () => {
    const { channelId, channel, live } = await ask(ada, "a film", { metadata: { category: "drama" } });
    const read = () => call(`${app.base}/channels/${channelId}?ticket=${live.ticket}`);
    assert.deepEqual((await read()).body, { channel, content: null });
    const watcher = await watchRiver(app.base, live);
    assert.deepEqual(await watcher.channel("pending"), { type: "channel", channel, content: null });
    await river.deliver(channelId);
    const done = await watcher.callback("delivered");
    assert.deepEqual([done.channel.status, done.channel.version], ["completed", 3]);
    const { content } = done;
    await calledBack(app, channelId, "delivered");
    assert.deepEqual((await read()).body, { channel: done.channel, content });
    assert.deepEqual((await ada.call(`/channels/${channelId}`)).body, { channel: done.channel, content });
    assert.deepEqual((await ada.call(`/content/${content.id}`)).body, { content });
    const row = await contentRow(app, channelId);
    assert.deepEqual(content, {
      id: row.id,
      title: row.title,
      body: row.body,
      category: "drama",
      metadata: JSON.parse(row.metadata),
      data: JSON.parse(row.data),
      channelId,
      eventName: "new_movie_suggestion",
      source: "modelriver",
      userId: "ada",
      callback: "delivered",
      createdAt: row.created_at,
    });
    const again = await watchRiver(app.base, live, "?version=3");
    assert.deepEqual(await again.until(({ frames }) => frames[0]), { type: "current", version: 3 });
    const behind = await watchRiver(app.base, live, "?version=1");
    assert.deepEqual(await behind.until(({ frames }) => frames[0]), done);
    for (const one of [watcher, again, behind]) one.terminate();
  });

  test("is a channel with a version that a reader may have already", async () => {
    const { channelId } = await ask(ada);
    const first = await ada.call(`/channels/${channelId}`);
    assert.equal(first.headers.get("etag"), '"1"');
    const headers = { "if-none-match": '"1"' };
    assert.deepEqual([(await ada.call(`/channels/${channelId}`, { headers })).status], [304]);
    await river.deliver(channelId);
    assert.equal((await ada.call(`/channels/${channelId}`, { headers })).status, 200);
  });

  test("may be answered after its webhook, which is lost to nobody", async () => {
    for (const outcome of ["completed", "failed"] as const) {
      app.emulator.options.modelriver.onStart = async ({ id }) => {
        const attempts = await river.deliver(id, { copies: 3, outcome });
        assert.deepEqual(
          attempts.map(({ status }) => status),
          [200, 200, 200],
        );
      };
      const { channelId, channel, live } = await ask(ada);
      assert.equal(channel.channelId, channelId);
      const watcher = await watchRiver(app.base, live);
      const shown = await watcher.channel(outcome);
      assert.deepEqual([shown.channel.workflow, shown.channel.userId], ["new_movie_suggestion", "ada"]);
      if (outcome === "completed") assert.equal((await calledBack(app, channelId, "delivered")).user_id, "ada");
      const { body } = await ada.call(`/channels/${channelId}`);
      assert.equal(body.channel.status, outcome);
      assert.equal((await (await app.as("eve")).call(`/channels/${channelId}`)).status, 404);
      watcher.terminate();
    }
  });

  test("is the asking user's, even if the webhook says that it is another's", async () => {
    for (const isFirst of [true, false]) {
      const lie = (body: any) => {
        body.customer_data = { ...body.customer_data, user_id: "eve" };
      };
      if (isFirst)
        app.emulator.options.modelriver.onStart = ({ id }) => river.deliver(id, { mutate: lie }).then(() => {});
      const { channelId } = await ask(ada);
      app.emulator.options.modelriver.onStart = undefined;
      if (!isFirst) await river.deliver(channelId, { mutate: lie });
      const row = await calledBack(app, channelId, "delivered");
      assert.equal(row.user_id, "ada", `webhook ${isFirst ? "first" : "second"}`);
      const { body } = await ada.call(`/channels/${channelId}`);
      assert.deepEqual([body.channel.userId, body.content.userId], ["ada", "ada"]);
      const eve = await app.as("eve");
      assert.equal((await eve.call(`/channels/${channelId}`)).status, 404);
      assert.equal((await eve.call(`/content/${row.id}`)).status, 404);
    }
  });

  test("is shown as failed when the generation fails, with the provider's reason", async () => {
    const { channelId, live } = await ask(ada, "a film [fail]");
    const watcher = await watchRiver(app.base, live);
    await watcher.channel("pending");
    await river.deliver(channelId);
    const { channel, content } = await watcher.channel("failed");
    assert.equal(content, null);
    assert.deepEqual(channel.error, { code: "generation_failed", message: "Every provider of the workflow failed." });
    assert.deepEqual((await ada.call(`/channels/${channelId}`)).body, { channel, content });
    const [row] = await app.sql("SELECT status, error, version FROM channels WHERE channel_id = ?", channelId);
    assert.deepEqual([row?.status, JSON.parse(row?.error), row?.version], ["failed", channel.error, 2]);
    watcher.terminate();
  });

  test("is watched by many, also while its object sleeps", async () => {
    const { channelId, live } = await ask(ada);
    const watchers = await Promise.all(Array.from({ length: 10 }, () => watchRiver(app.base, live)));
    await Promise.all(watchers.map((watcher) => watcher.channel("pending")));
    await app.evictChannel(channelId);
    await river.deliver(channelId);
    const shown = await Promise.all(watchers.map((watcher) => watcher.callback("delivered")));
    for (const frame of shown) assert.deepEqual(frame, shown[0]);
    for (const watcher of watchers) watcher.terminate();
  });
});

describe("POST /ai is refused", { timeout }, () => {
  const message = { role: "user", content: "x" };
  const request = { workflow: "films", messages: [message] };
  const table: [name: string, body: unknown, paths: string[]][] = [
    ["without anything", {}, ["workflow", "messages"]],
    ["with a list", [], [""]],
    ["with a blank workflow", { ...request, workflow: " " }, ["workflow"]],
    ["with a workflow that is long", { ...request, workflow: "x".repeat(201) }, ["workflow"]],
    ["with no messages", { ...request, messages: [] }, ["messages"]],
    ["with too many messages", { ...request, messages: Array(101).fill(message) }, ["messages"]],
    ["with text for messages", { ...request, messages: "x" }, ["messages"]],
    ["with text for a message", { ...request, messages: [message, "x"] }, ["messages[1]"]],
    ["with a user of its own", { ...request, metadata: { user_id: "eve" } }, ["metadata.user_id"]],
    ["with no user of its own, said aloud", { ...request, metadata: { user_id: null } }, ["metadata.user_id"]],
    ["with an intent of its own", { ...request, metadata: { taskwire_intent: "i" } }, ["metadata.taskwire_intent"]],
    ["with a user beside it", { ...request, user_id: "eve" }, ["user_id"]],
    ["with a webhook of its own", { ...request, webhook_url: "https://evil.example" }, ["webhook_url"]],
    ["with events of its own", { ...request, events: ["x"] }, ["events"]],
    ["with metadata that is a list", { ...request, metadata: [] }, ["metadata"]],
    ["with metadata that is large", { ...request, metadata: { x: "y".repeat(2048) } }, ["metadata"]],
    [
      "with more wrong than one thing",
      { workflow: 7, messages: [1], metadata: 2, more: 3 },
      ["workflow", "messages[0]", "metadata", "more"],
    ],
  ];
  for (const [name, body, paths] of table) {
    test(`${name}, naming the field, and the provider is not called`, async () => {
      const starts = aiStarts(app).length;
      const answer = await ada.post("/ai", body);
      assertRefused(answer, 422, "validation_error");
      assert.deepEqual(
        answer.body.error.issues.map(({ path }: any) => path),
        paths,
      );
      assert.equal(aiStarts(app).length, starts);
    });
  }

  test("as no JSON, as another type, as too much, and to nobody", async () => {
    const starts = aiStarts(app).length;
    assertRefused(await ada.post("/ai", "{"), 400, "malformed_json");
    assertRefused(await ada.post("/ai", "x=1", { "content-type": "text/plain" }), 415, "unsupported_media_type");
    assertRefused(await ada.post("/ai", { ...request, workflow: "x".repeat(300_000) }), 413, "payload_too_large");
    assertRefused(await ada.post("/ai", request, { authorization: "Bearer x" }), 401, "unauthorized");
    assertRefused(await call(`${app.base}/ai`, { method: "POST", body: JSON.stringify(request) }), 401, "unauthorized");
    assertRefused(await ada.call("/ai"), 405, "method_not_allowed");
    assert.equal(aiStarts(app).length, starts);
  });
});
