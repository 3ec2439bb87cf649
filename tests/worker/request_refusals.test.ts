/** Every wrong request: refused before any money is spent, by the name of what is wrong with it. */

import assert from "node:assert/strict";
import { after, afterEach, beforeEach, describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { upload } from "./support/upload.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 20_000;
const JSON_TYPE = { "content-type": "application/json" };
const good = { prompt: "a fox", model: "m/x" };

describe("POST /generate", { timeout }, () => {
  let before: number;
  beforeEach(() => {
    before = app.starts;
  });
  afterEach(async () => {
    assert.equal(app.starts, before, "the provider was called");
    assert.deepEqual(await app.sql("SELECT id FROM tasks"), []);
  });

  for (const text of [
    "",
    "{",
    "nul",
    '{"prompt":"a fox",}',
    "{'prompt':'a fox'}",
    '{"prompt":"a fox"}{',
    `${"[".repeat(5000)}`,
  ]) {
    test(`refuses what is not JSON: ${text.slice(0, 20) || "nothing"}`, async () => {
      assertRefused(await ada.post("/generate", text), 400, "malformed_json");
    });
  }

  test("refuses JSON that is not UTF-8", async () => {
    const body = Buffer.concat([Buffer.from('{"prompt":"'), Buffer.from([0xff, 0xfe]), Buffer.from('","model":"m"}')]);
    assertRefused(await ada.call("/generate", { method: "POST", body, headers: JSON_TYPE }), 400, "malformed_json");
  });

  for (const text of ["[]", '"a fox"', "5", "null", "true"]) {
    test(`refuses JSON that is not an object: ${text}`, async () => {
      const answer = await ada.post("/generate", text);
      assertRefused(answer, 422, "validation_error");
      assert.deepEqual(
        answer.body.error.issues.map(({ path }: any) => path),
        [""],
      );
    });
  }

  /** Field, and values that it does not take; undefined leaves it out. */
  const wrong: [field: string, values: unknown[]][] = [
    ["prompt", [undefined, null, "", "   ", 5, ["a fox"], {}, "x".repeat(8193)]],
    ["model", [undefined, null, "", 5, "x".repeat(201)]],
    ["count", [0, 21, -1, 1.5, "1", true, 1e30, []]],
    ["size", [5, true, []]],
    ["negative_prompt", [5, {}, "x".repeat(8193)]],
    ["magic_prompt", ["yes", 1, {}]],
    ["output", [5, []]],
    ["inputs", ["x", {}, Array(21).fill({ url: "https://x.example" })]],
    ["rating", ["pg", 5]],
    ["destination", [5, []]],
    ["metadata", [[], "x", 5, { x: "x".repeat(2048) }]],
    ["metadata.imageRowIds", [undefined]],
    ["promt", ["a fox"]],
    ["user_id", ["eve"]],
    ["webhook", [{ custom: [{ url: "https://evil.example" }] }]],
    ["__proto__", [1]],
  ];
  for (const [field, values] of wrong) {
    test(`names ${field} when it is wrong`, async () => {
      for (const value of values) {
        const fields =
          field === "metadata.imageRowIds" ? { ...good, metadata: { imageRowIds: ["x"] } } : with_(field, value);
        const answer = await ada.post("/generate", JSON.stringify(fields));
        assertRefused(answer, 422, "validation_error", JSON.stringify(value)?.slice(0, 40));
        assert.deepEqual(
          answer.body.error.issues.map(({ path }: any) => path),
          [field],
        );
      }
    });
  }

  test("names everything that is wrong at once", async () => {
    const answer = await ada.post("/generate", { model: 5, count: 99, colour: "red" });
    assertRefused(answer, 422, "validation_error");
    assert.deepEqual(answer.body.error.issues.map(({ path }: any) => path).sort(), [
      "colour",
      "count",
      "model",
      "prompt",
    ]);
  });

  for (const key of ["a b", "ä", "x".repeat(256)]) {
    test(`refuses the Idempotency-Key ${key.slice(0, 5)}`, async () => {
      const answer = await ada.post("/generate", good, { "idempotency-key": key }).catch((error: Error) => error);
      // Not every client can send every byte.
      if (answer instanceof Error) return assert.match(answer.message, /ByteString|header/i);
      assertRefused(answer, 422, "validation_error");
      assert.equal(answer.body.error.issues[0].path, "Idempotency-Key");
    });
  }

  for (const type of [
    undefined,
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "multipart/form-data; boundary=application/json",
  ]) {
    test(`refuses the content type ${type}`, async () => {
      const headers = { authorization: `Bearer ${ada.token}`, ...(type === undefined ? {} : { "content-type": type }) };
      assertRefused(
        await upload(`${app.base}/generate`, headers, [JSON.stringify(good)]),
        415,
        "unsupported_media_type",
      );
    });
  }

  test("refuses more than 256 KB, by its length and without one", async () => {
    const large = JSON.stringify({ ...good, prompt: "x".repeat(256 * 1024) });
    assertRefused(await ada.post("/generate", large), 413, "payload_too_large");
    const headers = { authorization: `Bearer ${ada.token}`, ...JSON_TYPE };
    const pieces = Array(40).fill("x".repeat(64 * 1024));
    assertRefused(await upload(`${app.base}/generate`, headers, pieces), 413, "payload_too_large");
    const shaped = (size: number) => JSON.stringify(good).padEnd(size, " ").replace('"a fox"', "5      ");
    assertRefused(await ada.post("/generate", shaped(256 * 1024 + 1)), 413, "payload_too_large");
    assertRefused(await ada.post("/generate", shaped(256 * 1024)), 422, "validation_error");
  });

  function with_(field: string, value: unknown): object {
    const fields: Record<string, unknown> = Object.assign(Object.create(null), good);
    if (value === undefined) delete fields[field];
    else Object.defineProperty(fields, field, { value, enumerable: true, configurable: true });
    return fields;
  }
});

describe("POST /generate takes", { timeout }, () => {
  const longest = {
    ...good,
    prompt: "ä".repeat(8192),
    model: "m".repeat(200),
    count: 20,
    inputs: Array(20).fill({ url: "https://x.example/1.png" }),
  };
  const taken: Record<string, object> = {
    "the longest of everything": longest,
    "null where there is nothing": { ...good, count: null, size: null, metadata: null },
    "a size by its sides": { ...good, size: { width: 512, height: 512 } },
  };
  for (const [name, fields] of Object.entries(taken)) {
    test(name, async () => {
      const answer = await ada.post("/generate", fields);
      assert.notEqual(answer.body.error?.issues?.[0]?.message.includes("must be"), true, answer.text.slice(0, 300));
      assert.equal(answer.status, 201, answer.text.slice(0, 300));
    });
  }

  test("JSON under any spelling of its type", async () => {
    for (const type of ["application/json; charset=utf-8", "Application/JSON", "application/json ;x=y"]) {
      assert.equal((await ada.generate({}, { "content-type": type })).status, 201);
    }
  });
});

describe("GET /tasks", { timeout }, () => {
  const queries: [query: string, path: string][] = [
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=1e2", "limit"],
    ["limit=", "limit"],
    ["limit=-1", "limit"],
    ["cursor=", "cursor"],
    ["cursor=x", "cursor"],
    ["cursor=%27%20OR%201=1", "cursor"],
    ["status=done", "status"],
    ["kind=", "kind"],
    [`kind=${"k".repeat(65)}`, "kind"],
    ["page=2", "page"],
    ["user_id=eve", "user_id"],
  ];
  for (const [query, path] of queries) {
    test(`refuses ?${query.slice(0, 20)}`, async () => {
      const answer = await ada.call(`/tasks?${query}`);
      assertRefused(answer, 422, "validation_error");
      assert.deepEqual(
        answer.body.error.issues.map((issue: any) => issue.path),
        [path],
      );
    });
  }
});

describe("a path", { timeout }, () => {
  const methods: [path: string, allow: string, others: string[]][] = [
    ["/generate", "POST", ["GET", "PUT", "DELETE", "PATCH"]],
    ["/tasks", "GET, HEAD", ["PUT", "DELETE"]],
    ["/tasks/tsk_1", "DELETE, GET, HEAD", ["POST", "PUT"]],
    ["/users/me", "DELETE", ["GET", "POST"]],
    ["/tasks/tsk_1/live", "GET", ["POST", "DELETE"]],
    ["/tasks/tsk_1/ticket", "POST", ["GET", "PUT"]],
    ["/webhooks/mynth", "POST", ["GET", "PUT", "OPTIONS"]],
    ["/healthz", "GET, HEAD", ["POST", "DELETE"]],
    ["/readyz", "GET, HEAD", ["POST"]],
    ["/config.json", "GET, HEAD", ["POST"]],
  ];
  for (const [path, allow, others] of methods) {
    test(`${path} takes ${allow} and says so`, async () => {
      for (const method of others) {
        const answer = await call(app.base + path, { method });
        assertRefused(answer, 405, "method_not_allowed", method);
        for (const word of allow.split(", "))
          assert.ok(answer.headers.get("allow")?.split(", ").includes(word), answer.headers.get("allow") ?? "none");
        assert.ok(!answer.headers.get("allow")?.split(", ").includes(method));
      }
    });
  }

  for (const path of [
    "/tasks/",
    "/tasks/a/b",
    "/tasks//live",
    "/generate/x",
    "/webhooks",
    "/webhooks/nobody",
    "/nothing",
    "/tasks/tsk_1/live/x",
  ]) {
    test(`${path} is not found`, async () => {
      assertRefused(await ada.call(path), 404, "not_found");
      assertRefused(await ada.call(path, { method: "POST" }), 404, "not_found");
    });
  }

  test("answers HEAD without a body", async () => {
    for (const path of ["/healthz", "/readyz", "/tasks"]) {
      const answer = await ada.call(path, { method: "HEAD" });
      assert.deepEqual([answer.status, answer.text], [200, ""]);
    }
  });
});
