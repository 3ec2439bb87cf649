import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { EmulatorSettings } from "../../emulator.ts";
import { call, start, startReceiver } from "../receiver.ts";
import { ask, begin } from "./calls.ts";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

/** The webhook that a message leads to; ids, times and the emulator's address replaced by what they are. */
async function told(t: TestContext, content: string, more: object = {}, options: EmulatorSettings = {}) {
  const receiver = await startReceiver(t);
  const emulator = await start(t, { modelriver: { webhookUrl: receiver.url, latencyMs: 20 }, ...options });
  const id = await begin(emulator, content, more);
  await emulator.until(() => emulator.modelriver.deliveries.length > 0);
  const { headers, body } = receiver.received[0] ?? assert.fail();
  const callback = emulator.modelriver.callbackUrl(id);
  const plain = body
    .replaceAll(callback, "<callback>")
    .replaceAll(id, "<channel>")
    .replaceAll(/"duration_ms":\d+/g, '"duration_ms":0')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]{12}Z/g, "<time>");
  return { webhook: JSON.parse(plain), headers, callback, url: emulator.url };
}

const QUESTION = "Suggest a movie about winter";
const DATA = {
  title: "The Silver Winter",
  description: "On an island nobody visits, somebody learns what Winter can mean.",
  year: 2024,
  genre: "documentary",
  rating: 7.5,
  tags: ["winter", "made up"],
};
const META = { model: "gpt-4o", provider: "openai" };

test("a start is answered with its channel and where its socket would be", async (t) => {
  const emulator = await start(t, { autoDeliver: false });
  const { status, body } = await ask(emulator, QUESTION);
  assert.equal(status, 200);
  const { channel_id, ws_token, ...rest } = body;
  assert.match(channel_id, new RegExp(`^${UUID.source}$`));
  assert.match(ws_token, /^[\w-]{32}$/);
  assert.deepEqual(rest, {
    message: "success",
    status: "pending",
    websocket_url: `${emulator.url.replace("http", "ws")}/socket`,
    websocket_channel: `ai_response:prj_emulator:${channel_id}`,
  });
  assert.equal(emulator.modelriver.channels.get(channel_id)?.status, "pending");
});

test("a workflow with an event sends what it generated and asks for a callback", async (t) => {
  const { webhook, callback, url } = await told(t, QUESTION, {
    metadata: { user_id: "u1", nested: { snake_case: [1] } },
  });
  assert.deepEqual(webhook, {
    type: "task.ai_generated",
    event: "new_movie_suggestion",
    channel_id: "<channel>",
    ai_response: { data: DATA, meta: META },
    callback_url: "<callback>",
    callback_required: true,
    customer_data: { user_id: "u1", nested: { snake_case: [1] } },
    meta: META,
    timestamp: "<time>",
  });
  assert.equal(callback.replace(UUID, "id"), `${url}/v1/callback/id`);
});

const STANDARD = {
  type: "task.completed",
  workflow: "movies:standard",
  status: "success",
  channel_id: "<channel>",
  data: DATA,
  meta: {
    provider: "openai",
    model: "gpt-4o",
    tokens: { prompt: 24, completion: 96, total: 120 },
    duration_ms: 0,
    attempts: [{ provider: "openai", model: "gpt-4o", duration_ms: 0, success: true }],
  },
  customer_data: {},
  timestamp: "<time>",
};

test("a workflow without an event sends the standard webhook, chosen by its name or by a word", async (t) => {
  const byName = await told(t, QUESTION, { workflow: "movies:standard" });
  assert.deepEqual(byName.webhook, STANDARD);
  const byWord = await told(t, QUESTION.replace("movie", "[standard] movie"), { workflow: "movies" });
  assert.deepEqual(Object.keys(byWord.webhook), Object.keys(STANDARD));
  assert.equal("callback_url" in byWord.webhook, false);
});

test("[fail] sends status error with a message, and no data", async (t) => {
  const { webhook } = await told(t, `${QUESTION} [fail]`, { metadata: { a: 1 } });
  assert.equal(webhook.status, "error");
  assert.deepEqual(webhook.error, { message: "Every provider of the workflow failed." });
  assert.equal("data" in webhook, false);
  assert.equal(webhook.meta.attempts[0].success, false);
  assert.deepEqual(webhook.customer_data, { a: 1 });
});

test("[nested] puts the event into data, with its callback", async (t) => {
  const { webhook } = await told(t, `${QUESTION} [nested]`);
  assert.deepEqual(Object.keys(webhook), ["channel_id", "data", "meta", "customer_data", "timestamp"]);
  const { ai_response, ...event } = webhook.data;
  assert.deepEqual(event, {
    type: "task.ai_generated",
    event: "new_movie_suggestion",
    callback_url: "<callback>",
    callback_required: true,
  });
  assert.ok(ai_response.data.title);
});

test("the callback's URL can be in data only, in a header only, elsewhere, or nowhere", async (t) => {
  const [inData, inHeader, elsewhere, nowhere] = await Promise.all([
    told(t, "tea [data-callback]"),
    told(t, "tea [header-callback]"),
    told(t, "tea [callback-elsewhere]"),
    told(t, "tea [no-callback]"),
  ]);
  assert.deepEqual([inData.webhook.callback_url, inData.webhook.data], [undefined, { callback_url: "<callback>" }]);
  assert.equal(inHeader.headers["x-modelriver-callback-url"], inHeader.callback);
  assert.equal(JSON.stringify(inHeader.webhook).includes("<callback>"), false);
  assert.equal(inHeader.webhook.callback_required, true);
  assert.match(elsewhere.callback, /^https:\/\/callback\.example\/v1\/callback\//);
  assert.equal(elsewhere.webhook.callback_url, "<callback>");
  assert.deepEqual([nowhere.webhook.callback_url, nowhere.webhook.callback_required], [undefined, false]);
  for (const { headers } of [inData, elsewhere, nowhere]) assert.equal(headers["x-modelriver-callback-url"], undefined);
});

test("the AI data can be raw choices, text, or an object with no title", async (t) => {
  const data = async (words: string) => (await told(t, `${QUESTION} ${words}`)).webhook.ai_response.data;
  const [choices, asJson, text, untitled] = await Promise.all(
    ["[choices]", "[choices-json]", "[text]", "[untitled]"].map(data),
  );
  const { title, ...rest } = DATA;
  assert.equal(choices.choices[0].message.content, `${title}\n\n${rest.description}`);
  assert.deepEqual(JSON.parse(asJson.choices[0].message.content), DATA);
  assert.equal(text, `${title}\n\n${rest.description}`);
  assert.deepEqual(untitled, rest);
});

test("the last user message decides, in words or in parts, and the same one makes the same content", async (t) => {
  const system = { role: "system", content: "[fail] be brief" };
  const parts = {
    role: "user",
    content: [
      { type: "text", text: QUESTION },
      { type: "image_url", image_url: {} },
    ],
  };
  const messages = [system, { role: "user", content: "[fail]" }, parts, { role: "assistant", content: "[fail] yes" }];
  const { webhook } = await told(t, "", { messages });
  assert.deepEqual(webhook.ai_response.data, DATA);
});

test("a request's own webhook_url comes before the registered one", async (t) => {
  const [registered, own] = [await startReceiver(t), await startReceiver(t)];
  const emulator = await start(t, { modelriver: { webhookUrl: registered.url } });
  await begin(emulator, "tea", { webhook_url: own.url });
  await emulator.until(() => emulator.modelriver.deliveries.length === 1);
  assert.deepEqual([registered.received.length, own.received.length], [0, 1]);
});

test("a request that lacks something is refused with 400, and names it", async (t) => {
  const emulator = await start(t);
  const messages = [{ role: "user", content: "tea" }];
  const key = emulator.options.modelriver.apiKey;
  const paths = async (body: unknown) => {
    const answer = await call(emulator, "/v1/ai/async", body, key);
    assert.deepEqual([answer.status, answer.body.error], [400, "validation_error"]);
    return answer.body.issues.map((issue: { path: string }) => issue.path);
  };
  assert.deepEqual(await paths({}), ["workflow", "messages"]);
  assert.deepEqual(await paths({ workflow: "", messages: [] }), ["workflow", "messages"]);
  assert.deepEqual(await paths({ workflow: "w", messages: [{ role: "user" }, "x"] }), ["messages.0", "messages.1"]);
  assert.deepEqual(
    await paths({ workflow: "w", messages, metadata: [], webhook_url: "ftp://a", events: [1], user_id: 1 }),
    ["metadata", "webhook_url", "events", "user_id"],
  );
  assert.deepEqual(await paths("not json"), [""]);
  assert.equal(emulator.modelriver.channels.size, 0);
});

test("a wrong key is refused, and so is Mynth's", async (t) => {
  const emulator = await start(t);
  for (const key of ["mr_live_wrong", emulator.options.apiKey]) {
    const { status, body } = await call(
      emulator,
      "/v1/ai/async",
      { workflow: "w", messages: [{ role: "user", content: "x" }] },
      key,
    );
    assert.deepEqual([status, body.error], [401, "unauthorized"]);
  }
  assert.equal(emulator.modelriver.channels.size, 0);
});

test("[refuse-*] refuses the start call and starts nothing", async (t) => {
  const emulator = await start(t);
  const refused = (status: string) => ask(emulator, `tea [refuse-${status}]`);
  const [poor, fast, page] = [await refused("402"), await refused("429"), await refused("html")];
  assert.deepEqual([poor.status, poor.body.error], [402, "insufficient_balance"]);
  assert.deepEqual([fast.status, fast.headers.get("retry-after")], [429, "1"]);
  assert.deepEqual([page.status, page.headers.get("content-type")], [502, "text/html; charset=utf-8"]);
  emulator.options.modelriver.refuseStart = { status: 503, raw: "<h1>down</h1>" };
  const down = await ask(emulator, "tea");
  assert.deepEqual([down.status, down.body], [503, "<h1>down</h1>"]);
  assert.equal(emulator.modelriver.channels.size, 0);
});
