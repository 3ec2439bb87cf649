/** From a webhook, in each of the forms that ModelRiver has, to the row in D1, column by column. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type App, type Row, startApp } from "./support/app.ts";
import {
  begin,
  callbacksOf,
  calledBack,
  contentRow,
  contentRows,
  eventOf,
  inventedChannelId,
  tell,
} from "./support/river.ts";

const app = await startApp();
after(() => app.close());
const timeout = 30_000;
const ID = /^cnt_[\w-]{22}$/;
const NOW = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const META = { model: "gpt-4o", provider: "openai" };
const FILM = { title: "Inception", description: "A heist in a dream.", year: 2010, tags: ["dream", null] };

/** The row without what each has of its own. */
async function plain(of: App, channelId: string): Promise<Row> {
  const { id, seq, created_at, channel_id, metadata, data, ...row } = await contentRow(of, channelId);
  assert.match(id, ID);
  assert.equal(typeof seq, "number");
  assert.match(created_at, NOW);
  assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 20_000);
  assert.equal(channel_id, channelId);
  return { ...row, metadata: JSON.parse(metadata), data: JSON.parse(data) };
}

/** What a row of the film is that names no owner, unless something is left out. */
const ROW = {
  title: "Inception",
  body: "A heist in a dream.",
  category: "general",
  metadata: META,
  data: FILM,
  event_name: "new_movie_suggestion",
  source: "modelriver",
  user_id: "",
  callback: "none",
  callback_error: null,
  version: 1,
};

const event = { type: "task.ai_generated", event: "new_movie_suggestion", ai_response: { data: FILM, meta: META } };
const standard = {
  type: "task.completed",
  workflow: "films",
  status: "success",
  data: FILM,
  meta: { ...META, tokens: {}, attempts: [] },
};
const customer = { user_id: "ada", category: "drama", order: { n: [1, 2] } };
const choices = (content: unknown) => ({ choices: [{ index: 0, message: { role: "assistant", content } }] });

describe("a webhook becomes a row", { timeout }, () => {
  const table: [name: string, body: object, row: object][] = [
    ["of an event", event, {}],
    ["of an event inside of data", { data: event }, {}],
    [
      "of an event with only its answer inside of data",
      { type: event.type, data: { event: event.event, ai_response: event.ai_response } },
      {},
    ],
    ["of an event that names its model beside the answer", { ...event, ai_response: { data: FILM }, meta: META }, {}],
    [
      "of an event for a user",
      { ...event, customer_data: customer },
      { user_id: "ada", category: "drama", metadata: { ...customer, ...META } },
    ],
    [
      "of an event for a user inside of data",
      { data: { ...event, customer_data: customer } },
      { user_id: "ada", category: "drama", metadata: { ...customer, ...META } },
    ],
    [
      "of an event for a user with a number",
      { ...event, customer_data: { user_id: 42 } },
      { user_id: "42", metadata: { user_id: 42, ...META } },
    ],
    [
      "of an event for nobody",
      { ...event, customer_data: { user_id: "", category: " " } },
      { metadata: { user_id: "", category: " ", ...META } },
    ],
    [
      "of an event for no user at all",
      { ...event, customer_data: { user_id: { id: "ada" } } },
      { metadata: { user_id: { id: "ada" }, ...META } },
    ],
    [
      "of an event that wants no callback",
      { ...event, callback_url: "http://127.0.0.1:1/x", callback_required: false },
      {},
    ],
    ["of an event without a model", { ...event, ai_response: { data: FILM } }, { metadata: {} }],
    ["of the standard form", standard, { event_name: "films" }],
    ["of the standard form with an event's name", { ...standard, event: "named" }, { event_name: "named" }],
    [
      "of the standard form for a user",
      { ...standard, customer_data: customer },
      { event_name: "films", user_id: "ada", category: "drama", metadata: { ...customer, ...META } },
    ],
  ];
  for (const [name, body, row] of table) {
    test(name, async () => {
      const channelId = inventedChannelId();
      await tell(app.base, { channel_id: channelId, ...body });
      assert.deepEqual(await plain(app, channelId), { ...ROW, ...row });
    });
  }

  test("whose channel is named by its header, where the body names none", async () => {
    const [inHeader, inBody] = [inventedChannelId(), inventedChannelId()];
    await tell(app.base, event, { "mr-channel-id": inHeader });
    assert.deepEqual(await plain(app, inHeader), ROW);
    // The body is signed, the header is not.
    await tell(app.base, { ...event, channel_id: inBody }, { "mr-channel-id": inHeader });
    assert.deepEqual(await plain(app, inBody), ROW);
  });

  test("whose owner is not for the model to say", async () => {
    const told = {
      ...FILM,
      user_id: "eve",
      channel_id: "c",
      callback_url: `${app.emulator.url}/v1/callback/x`,
      customer_data: { user_id: "eve" },
      status: "error",
    };
    for (const body of [
      { ...event, ai_response: { data: told } },
      { ...standard, meta: {}, data: told },
    ]) {
      const channelId = inventedChannelId();
      await tell(app.base, { ...body, channel_id: channelId });
      const { user_id, callback, metadata, data } = await plain(app, channelId);
      assert.deepEqual([user_id, callback, metadata, data], ["", "none", {}, told]);
    }
  });
});

describe("what a reader is shown of it", { timeout }, () => {
  const table: [name: string, made: unknown, title: string, text: string][] = [
    ["is the title and the description", { title: "T", description: "D", body: "B" }, "T", "D"],
    ["is the body where there is no description", { title: "T", body: "B" }, "T", "B"],
    ["is Untitled without a title", { description: "D" }, "Untitled", "D"],
    ["is Untitled with a blank title, and nothing more", { title: "  ", description: " " }, "Untitled", ""],
    ["is Untitled with a title that is no text", { title: { en: "T" }, description: 7 }, "Untitled", ""],
    ["is what the model said", choices("T\n\nD"), "Untitled", "T\n\nD"],
    ["is what the model said, as JSON in text", choices('{"title":"T"}'), "Untitled", '{"title":"T"}'],
    [
      "is what the model said in parts",
      choices([{ type: "text", text: "a" }, { type: "image_url" }, { type: "text", text: "b" }]),
      "Untitled",
      "ab",
    ],
    ["is the text, where the data is text", "just text", "Untitled", "just text"],
    ["is nothing much of a list", [1, "two", null], "Untitled", ""],
    ["is nothing much of a number", 7, "Untitled", ""],
    [
      "keeps its letters and quotes",
      { title: "L'été 🦊 \"x\" \\ 'y'", description: "a\n\tb\u2028c" },
      "L'été 🦊 \"x\" \\ 'y'",
      "a\n\tb\u2028c",
    ],
    [
      "is no statement to a database",
      { title: "'); DROP TABLE ai_content; --", description: "?1" },
      "'); DROP TABLE ai_content; --",
      "?1",
    ],
    ["is at most 500 characters of a title", { title: "🦊".repeat(600) }, "🦊".repeat(500), ""],
  ];
  for (const [name, data, title, text] of table) {
    test(name, async () => {
      for (const body of [
        { ...event, ai_response: { data } },
        { ...standard, data },
      ]) {
        const channelId = inventedChannelId();
        await tell(app.base, { ...body, channel_id: channelId });
        const row = await plain(app, channelId);
        assert.deepEqual([row.title, row.body, row.data], [title, text, data]);
      }
    });
  }
});

describe("a webhook as the provider sends it", { timeout }, () => {
  const words = [
    "",
    "[nested]",
    "[pretty]",
    "[nested] [pretty]",
    "[choices]",
    "[choices-json]",
    "[text]",
    "[untitled]",
    "[no-callback]",
    "[data-callback]",
    "[nested] [data-callback]",
    "[header-callback]",
    "[standard]",
    "[standard] [choices]",
    "[standard] [text]",
  ];
  for (const word of words) {
    test(`${word || "plain"} is a row of what it made, and its callback goes out`, async () => {
      for (const scheme of ["a", "b"] as const) {
        const channel = begin(app, `a film about a lighthouse ${word}`, { user_id: "ada", category: "drama" });
        const [attempt] = await app.emulator.modelriver.deliver(channel.id, { scheme });
        assert.equal(attempt?.status, 200);
        const wants = channel.form === "event" && !word.includes("no-callback");
        const row = wants ? await calledBack(app, channel.id, "delivered") : await contentRow(app, channel.id);
        const sent = JSON.parse(attempt.body);
        const made = channel.form === "standard" ? sent.data : (sent.ai_response ?? sent.data.ai_response).data;
        assert.deepEqual(JSON.parse(row.data), made);
        assert.equal(row.title, made.title ?? "Untitled");
        assert.equal(row.body, made.description ?? made.choices?.[0].message.content ?? made);
        assert.deepEqual(JSON.parse(row.metadata), {
          user_id: "ada",
          category: "drama",
          model: "gpt-4o",
          provider: "openai",
        });
        assert.deepEqual([row.user_id, row.category, row.callback], ["ada", "drama", wants ? "delivered" : "none"]);
        const [callback, ...more] = callbacksOf(app, channel.id);
        assert.deepEqual(more, []);
        assert.equal(callback !== undefined, wants);
        if (!callback) continue;
        const data = typeof made === "object" ? made : { result: made };
        assert.deepEqual(callback.body, {
          data: { ...data, id: row.id, saved_at: row.created_at },
          task_id: `taskwire_${row.id}`,
          metadata: { database: "d1", table: "ai_content", record_id: row.id },
        });
        assert.equal(callback.headers.authorization, `Bearer ${app.emulator.options.modelriver.apiKey}`);
      }
    });
  }
});

describe("no row", { timeout }, () => {
  test("comes of a type that is not known, which is taken and recorded once", async () => {
    const channelId = inventedChannelId();
    const body = {
      type: "task.progress",
      channel_id: channelId,
      data: { percent: 50 },
      callback_url: `${app.emulator.url}/v1/callback/x`,
    };
    await tell(app.base, body);
    await tell(app.base, body);
    const lines = app.logs.filter((line) => line.includes(channelId));
    assert.deepEqual(lines, [`webhook: ${channelId} Noted`, `webhook: ${channelId} Duplicate`]);
    assert.deepEqual(await contentRows(app, channelId), []);
    // And it is in the way of nothing.
    await tell(app.base, { ...event, channel_id: channelId, customer_data: { user_id: "ada" } });
    const row = await contentRow(app, channelId);
    assert.deepEqual([row.title, row.user_id], ["Inception", "ada"]);
    assert.equal((await (await app.as("ada")).call(`/channels/${channelId}`)).body.content.id, row.id);
    assert.equal((await (await app.as("eve")).call(`/channels/${channelId}`)).status, 404);
  });

  test("comes of what is about no channel", async () => {
    const before = await app.sql("SELECT id FROM ai_content");
    await tell(app.base, { type: "invoice.paid", data: { amount: 7 } });
    await tell(app.base, { type: "account.suspension.failed" });
    assert.ok(app.logs.some((line) => line.includes("invoice.paid")));
    assert.deepEqual(await app.sql("SELECT id FROM ai_content"), before);
  });

  test("comes of a generation that failed; of one that succeeds after all, it does", async () => {
    const channelId = inventedChannelId();
    await tell(app.base, {
      type: "task.completed",
      status: "error",
      channel_id: channelId,
      error: { message: "Every provider failed." },
    });
    assert.deepEqual(await contentRows(app, channelId), []);
    await tell(app.base, { ...standard, channel_id: channelId });
    assert.equal((await contentRow(app, channelId)).title, "Inception");
    await tell(app.base, eventOf(channelId));
    assert.equal((await contentRows(app, channelId)).length, 2);
  });
});
