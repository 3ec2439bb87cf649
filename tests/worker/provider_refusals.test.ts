/** A start that the provider refuses, or does not answer: said to the caller, and to the rows. */

import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import type { Refusal } from "../../emulator/options.ts";
import { type Answer, assertRefused } from "./support/api.ts";
import { type App, startApp } from "./support/app.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 30_000;

/** A start that gets no answer, on an emulator of its own: it waits beside the others. */
const silent = await startApp();
after(() => silent.close());
silent.emulator.options.refuseCreate = { status: 201, body: {}, delayMs: 20_000 };
const asked = Date.now();
const unanswered = (await silent.as("ada"))
  .generate({ count: 2 })
  .then((answer) => ({ answer, waited: Date.now() - asked }));

/** After these the provider may have started it all the same. */
const UNCLEAR = ["provider_unavailable", "provider_timeout", "provider_invalid_response"];

/** A clear no leaves no row. After any other the rows say the same as the answer, and wait for nothing. */
async function assertSettled(code: string, of = app): Promise<void> {
  if (!UNCLEAR.includes(code)) {
    const rows = await of.sql("SELECT id FROM tasks WHERE status = 'pending' OR error ->> 'code' = ?", code);
    assert.deepEqual(rows, []);
    const images = "SELECT id FROM images i WHERE NOT EXISTS (SELECT 1 FROM tasks t WHERE t.id = i.task_id)";
    assert.deepEqual(await of.sql(images), []);
    return;
  }
  const [task] = await of.sql("SELECT * FROM tasks ORDER BY id DESC LIMIT 1");
  assert.ok(task);
  assert.deepEqual([task.status, JSON.parse(task.error).code, task.mynth_task_id], ["failed", code, null]);
  const images = await of.sql("SELECT * FROM images WHERE task_id = ?", task.id);
  assert.deepEqual(
    images.map(({ status, error }) => [status, JSON.parse(error).code]),
    [
      ["failed", code],
      ["failed", code],
    ],
  );
  assert.deepEqual(await of.sql("SELECT id FROM tasks WHERE status = 'pending'"), []);
  const user = await of.as("ada").catch(() => null);
  const [shown] = (await user?.list("?limit=1"))?.tasks ?? [];
  if (shown) assert.deepEqual([shown.status, shown.taskId, shown.error.code], ["failed", null, code]);
}

async function refuse(refusal: Refusal | undefined, of: App = app): Promise<Answer> {
  of.emulator.options.refuseCreate = refusal;
  return (await of.as("ada")).generate({ count: 2 });
}

describe("a start is refused", { timeout }, () => {
  afterEach(() => {
    app.emulator.options.refuseCreate = undefined;
    app.emulator.options.onCreate = undefined;
  });

  const error = (code: string, message = "No.") => ({ error: { code, message } });
  const table: [name: string, refusal: Refusal, status: number, code: string][] = [
    ["by an empty balance", { status: 402, body: error("insufficient_balance") }, 502, "insufficient_balance"],
    [
      "by an empty balance, in capitals",
      { status: 402, body: error("INSUFFICIENT_BALANCE") },
      502,
      "insufficient_balance",
    ],
    [
      "by an empty balance, in the first shape",
      { status: 402, body: { error: "No.", code: "INSUFFICIENT_BALANCE" } },
      502,
      "insufficient_balance",
    ],
    ["by a spending limit", { status: 402, body: error("spending_limit_exceeded") }, 502, "spending_limit_exceeded"],
    [
      "by a spending limit, in the first shape",
      { status: 402, body: { error: "No.", code: "SPENDING_LIMIT_EXCEEDED" } },
      502,
      "spending_limit_exceeded",
    ],
    ["by a wrong key", { status: 401, body: error("unauthorized") }, 502, "provider_unauthorized"],
    ["by an old key", { status: 401, body: error("TOKEN_EXPIRED") }, 502, "provider_unauthorized"],
    ["by a key that may not", { status: 403, body: error("forbidden") }, 502, "provider_unauthorized"],
    [
      "by too many requests",
      { status: 429, body: error("rate_limited"), headers: { "retry-after": "1" } },
      429,
      "provider_rate_limited",
    ],
    [
      "by too many requests, with a time that is no number",
      { status: 429, headers: { "retry-after": "soon" } },
      429,
      "provider_rate_limited",
    ],
    ["by something that is not there", { status: 404, body: error("not_found") }, 502, "provider_refused"],
    ["by a broken provider", { status: 500, body: error("internal_error") }, 503, "provider_unavailable"],
    ["by a broken proxy", { status: 502, raw: "<h1>502 Bad Gateway</h1>" }, 503, "provider_unavailable"],
    ["by a page that says yes", { status: 200, raw: "<h1>Welcome</h1>" }, 502, "provider_invalid_response"],
    ["by an answer without a task", { status: 201, body: { data: {} } }, 502, "provider_invalid_response"],
    [
      "by an answer with a strange task id",
      { status: 201, body: { data: { task_id: "../secrets" } } },
      502,
      "provider_invalid_response",
    ],
    ["by an answer that is empty", { status: 201, raw: "" }, 502, "provider_invalid_response"],
    ["by an answer of more than 8 MB", { status: 201, raw: " ".repeat(9_000_000) }, 503, "provider_unavailable"],
  ];
  for (const [name, refusal, status, code] of table) {
    test(name, async () => {
      const starts = app.starts;
      const answer = await refuse(refusal);
      assertRefused(answer, status, code);
      assert.equal(answer.headers.get("retry-after"), refusal.headers?.["retry-after"] === "1" ? "1" : null);
      await assertSettled(code);
      assert.equal(app.starts, starts + 1);
    });
  }

  test("by a redirect, which is not followed: the key is for one host", async () => {
    const other = await startApp();
    try {
      const answer = await refuse({
        status: 307,
        body: {},
        headers: { location: `${other.emulator.url}/image/generate` },
      });
      assertRefused(answer, 502, "provider_refused");
      await assertSettled("provider_refused");
      assert.deepEqual(other.emulator.requests, []);
    } finally {
      await other.close();
    }
  });

  const complaints: [shape: string, body: object, issues: object[]][] = [
    [
      "a list of issues",
      {
        error: {
          code: "validation_error",
          message: "No.",
          issues: [
            { path: "size", message: "is too large" },
            { path: "model", message: "is unknown" },
          ],
        },
      },
      [
        { path: "size", message: "is too large" },
        { path: "model", message: "is unknown" },
      ],
    ],
    [
      "a field",
      { error: { code: "VALIDATION_ERROR", message: "is too large", field: "size" } },
      [{ path: "size", message: "is too large" }],
    ],
    [
      "a sentence",
      { error: "The size is too large.", code: "VALIDATION_ERROR" },
      [{ path: "", message: "The size is too large." }],
    ],
  ];
  for (const [shape, body, issues] of complaints) {
    test(`by a complaint about the request, as ${shape}, which is passed on`, async () => {
      const answer = await refuse({ status: 400, body });
      assertRefused(answer, 422, "validation_error");
      assert.deepEqual(answer.body.error.issues, issues);
      await assertSettled("validation_error");
    });
  }

  test("by a line that goes dead, before the provider has anything to show", async () => {
    app.emulator.options.onCreate = ({ id }) => {
      app.emulator.tasks.delete(id);
      throw new Error("the line goes dead");
    };
    assertRefused(await ada.generate({ count: 2 }), 503, "provider_unavailable");
    await assertSettled("provider_unavailable");
  });

  test("not by a line that goes dead once the provider has the task: that is looked up, not paid twice", async () => {
    const before = app.starts;
    app.emulator.options.onCreate = () => {
      throw new Error("the line goes dead");
    };
    const answer = await ada.generate({ count: 2 });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(app.starts, before + 1);
    assert.equal(answer.body.taskId, [...app.emulator.tasks.keys()].at(-1));
    assert.equal((await ada.task(answer.body.taskId)).status, "pending");
  });

  test("by nobody at the other end", async () => {
    const other = await startApp({ vars: { MYNTH_API_URL: "http://127.0.0.1:1" } });
    try {
      assertRefused(await refuse(undefined, other), 503, "provider_unavailable");
      await assertSettled("provider_unavailable", other);
    } finally {
      await other.close();
    }
  });

  test("by no answer in ten seconds", async () => {
    const { answer, waited } = await unanswered;
    assertRefused(answer, 503, "provider_timeout");
    assert.ok(waited >= 9_900 && waited < 14_000, `${waited} ms`);
    await assertSettled("provider_timeout", silent);
  });

  test("and the next one starts as if nothing had happened", async () => {
    assert.equal((await refuse({ status: 500, body: {} })).status, 503);
    assert.equal((await refuse(undefined)).status, 201);
  });
});
