/** A start at ModelRiver that goes wrong, and one that is asked for twice: there is no asking it afterwards. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, describe, test } from "node:test";
import type { Refusal } from "../../emulator/options.ts";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { aiRequest, aiStarts, ask, begin, contentRow } from "./support/river.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const { modelriver: options } = app.emulator.options;
const timeout = 60_000;

afterEach(() => {
  options.onStart = undefined;
  options.refuseStart = undefined;
});

describe("a start at ModelRiver is refused", { timeout }, () => {
  const error = (code: string) => ({ error: { code, message: "No." } });
  const table: [name: string, refusal: Refusal, status: number, code: string][] = [
    ["by an empty balance", { status: 402, body: error("insufficient_balance") }, 502, "insufficient_balance"],
    ["by a wrong key", { status: 401, body: { error: "unauthorized", message: "No." } }, 502, "provider_unauthorized"],
    ["by a key that may not", { status: 403, body: error("forbidden") }, 502, "provider_unauthorized"],
    ["by a workflow that is not there", { status: 404, body: error("not_found") }, 502, "provider_refused"],
    [
      "by too many requests",
      { status: 429, body: error("rate_limited"), headers: { "retry-after": "1" } },
      429,
      "provider_rate_limited",
    ],
    ["by a broken provider", { status: 500, body: error("internal_error") }, 503, "provider_unavailable"],
    ["by a page that says yes", { status: 200, raw: "<h1>Welcome</h1>" }, 502, "provider_invalid_response"],
    ["by an answer without a channel", { status: 200, body: { message: "success" } }, 502, "provider_invalid_response"],
    [
      "by an answer with a strange channel",
      { status: 200, body: { channel_id: "../x" } },
      502,
      "provider_invalid_response",
    ],
  ];
  for (const [name, refusal, status, code] of table) {
    test(name, async () => {
      options.refuseStart = refusal;
      const channels = await app.sql("SELECT * FROM channels");
      assertRefused(await ada.post("/ai", aiRequest()), status, code);
      assert.deepEqual(await app.sql("SELECT * FROM channels"), channels);
    });
  }

  for (const [word, status, code] of [
    ["refuse-402", 502, "insufficient_balance"],
    ["refuse-429", 429, "provider_rate_limited"],
    ["refuse-500", 503, "provider_unavailable"],
    ["refuse-html", 503, "provider_unavailable"],
  ] as const) {
    test(`by the word [${word}]`, async () =>
      assertRefused(await ada.post("/ai", aiRequest(`[${word}]`)), status, code));
  }

  test("by a complaint about the request, which is passed on", async () => {
    const issues = [{ path: "messages", message: "are too many" }];
    options.refuseStart = { status: 400, body: { error: { code: "validation_error", message: "No.", issues } } };
    const answer = await ada.post("/ai", aiRequest());
    assertRefused(answer, 422, "validation_error");
    assert.deepEqual(answer.body.error.issues, issues);
  });

  test("by a complaint about a message, in the provider's own shape", async () => {
    options.refuseStart = undefined;
    const answer = await ada.post("/ai", { ...aiRequest(), messages: [{ role: "user" }] });
    assertRefused(answer, 422, "validation_error");
    assert.deepEqual(answer.body.error.issues, [{ path: "messages.0", message: "Expected {role, content}" }]);
  });

  test("by a redirect, which is not followed: the key is for one host", async () => {
    const other = await startApp();
    try {
      options.refuseStart = { status: 307, body: {}, headers: { location: `${other.emulator.url}/v1/ai/async` } };
      assertRefused(await ada.post("/ai", aiRequest()), 502, "provider_refused");
      assert.deepEqual(other.emulator.requests, []);
    } finally {
      await other.close();
    }
  });

  test("by nobody at the other end", async () => {
    const other = await startApp({ vars: { MODELRIVER_API_URL: "http://127.0.0.1:1" } });
    try {
      assertRefused(await (await other.as("ada")).post("/ai", aiRequest()), 503, "provider_unavailable");
    } finally {
      await other.close();
    }
  });

  for (const [how, value] of [
    ["missing", null],
    ["blank", " "],
  ] as const) {
    test(`by us, without MODELRIVER_API_KEY (${how}), by its name; and so without the secret of tickets`, async () => {
      for (const name of ["MODELRIVER_API_KEY", "TASKWIRE_TOKEN_SECRET"]) {
        const other = await startApp({ vars: { [name]: value } });
        try {
          const answer = await (await other.as("ada")).post("/ai", aiRequest(), { "idempotency-key": "k" });
          assertRefused(answer, 503, "not_configured");
          assert.equal(answer.body.error.message, `${name} is not set.`);
          assert.deepEqual(aiStarts(other), []);
          // Whatever was made elsewhere is still taken.
          const { id } = begin(other, "a film [no-callback]");
          await other.emulator.modelriver.deliver(id);
          await contentRow(other, id);
        } finally {
          await other.close();
        }
      }
    });
  }
});

describe("an Idempotency-Key at /ai", { timeout }, () => {
  const fresh = () => ({ "idempotency-key": randomUUID() });
  const post = (key: Record<string, string>, content = "a film") => ada.post("/ai", aiRequest(content), key);

  test("gives the same channel to the same request, as it is by then, and calls the provider once", async () => {
    const key = fresh();
    const starts = aiStarts(app).length;
    const [first, second] = [await post(key), await post(key)];
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.deepEqual(second.body.channel, first.body.channel);
    await app.emulator.modelriver.deliver(first.body.channelId);
    const third = await post(key);
    assert.deepEqual(
      [third.status, third.body.channelId, third.body.channel.status],
      [201, first.body.channelId, "completed"],
    );
    assert.equal(aiStarts(app).length, starts + 1);
  });

  test("does so also for many at once, while the provider is thinking", async () => {
    const key = fresh();
    const thinking = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    options.onStart = () => {
      begun.resolve();
      return thinking.promise;
    };
    const starts = aiStarts(app).length;
    const asked = Array.from({ length: 8 }, () => post(key));
    await begun.promise;
    const late = post(key);
    await ada.call("/content"); // by now it is under way too
    thinking.resolve();
    const answers = await Promise.all([...asked, late]);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
    assert.equal(new Set(answers.map(({ body }) => body.channelId)).size, 1);
    assert.equal(aiStarts(app).length, starts + 1);
  });

  test("with another request is a 409, also on another route", async () => {
    const key = fresh();
    assert.equal((await post(key)).status, 201);
    const starts = aiStarts(app).length;
    assertRefused(await post(key, "another film"), 409, "idempotency_conflict");
    assertRefused(await ada.generate({}, key), 409, "idempotency_conflict");
    const other = fresh();
    assert.equal((await ada.generate({}, other)).status, 201);
    assertRefused(await post(other), 409, "idempotency_conflict");
    assert.equal(aiStarts(app).length, starts);
  });

  test("is each user's own", async () => {
    const key = fresh();
    const hers = await (await app.as("eve")).post("/ai", aiRequest(), key);
    const mine = await post(key);
    assert.deepEqual([hers.status, mine.status], [201, 201]);
    assert.notEqual(hers.body.channelId, mine.body.channelId);
  });

  test("is free again after a clear no, and after a request that was wrong", async () => {
    for (const refusal of [
      { status: 402, body: {} },
      { status: 429, body: {} },
      { status: 400, body: {} },
    ]) {
      const key = fresh();
      assertRefused(await ada.post("/ai", { workflow: "" }, key), 422, "validation_error");
      options.refuseStart = refusal;
      assert.ok((await post(key)).status >= 400);
      options.refuseStart = undefined;
      assert.equal((await post(key)).status, 201, `${refusal.status}`);
    }
  });

  const unclear: [name: string, begin: () => void, status: number, code: string][] = [
    [
      "whose line was cut",
      () =>
        (options.onStart = () => {
          throw new Error("cut");
        }),
      503,
      "provider_unavailable",
    ],
    ["that ended in a 500", () => (options.refuseStart = { status: 500, body: {} }), 503, "provider_unavailable"],
    [
      "that got a page from a proxy",
      () => (options.refuseStart = { status: 502, raw: "<h1>Bad Gateway</h1>" }),
      503,
      "provider_unavailable",
    ],
    [
      "that got a page saying yes",
      () => (options.refuseStart = { status: 200, raw: "<h1>Hello</h1>" }),
      502,
      "provider_invalid_response",
    ],
    [
      "that got no answer in ten seconds",
      () => (options.refuseStart = { status: 200, body: {}, delayMs: 15_000 }),
      503,
      "provider_timeout",
    ],
  ];
  for (const [name, beginTrouble, status, code] of unclear) {
    test(`of a start ${name} never makes a second one, which might be paid twice`, async () => {
      const key = fresh();
      const starts = aiStarts(app).length;
      beginTrouble();
      const first = await post(key);
      assertRefused(first, status, code);
      options.onStart = undefined;
      options.refuseStart = undefined;
      const second = await post(key);
      assertRefused(second, status, code);
      assert.equal(second.body.error.code, first.body.error.code);
      // The timed-out call is recorded when its answer would have been.
      assert.ok(aiStarts(app).length <= starts + 1, `${aiStarts(app).length - starts} starts`);
    });
  }

  test("that is left out makes every request its own channel", async () => {
    const [one, two] = [await ask(ada), await ask(ada)];
    assert.notEqual(one.channelId, two.channelId);
  });

  test("that is no key is refused by its name", async () => {
    for (const text of ["x".repeat(300), "a b"]) {
      const answer = await post({ "idempotency-key": text });
      assertRefused(answer, 422, "validation_error");
      assert.equal(answer.body.error.issues[0].path, "Idempotency-Key");
    }
  });
});
