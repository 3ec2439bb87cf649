/** `GET /readyz`: anybody may ask, so that it must cost nothing; and it must not be ready too early. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";

const MIGRATIONS = readdirSync(new URL("../../migrations/", import.meta.url)).filter((name) => name.endsWith(".sql"));
const REMEMBERED_MS = 5000;

describe("readiness", { timeout: 180_000, concurrency: 2 }, () => {
  test("cost a query of D1 for each anonymous call", async (t) => {
    const app = await startApp({ shim: true });
    t.after(() => app.close());
    const probe = async () => assert.equal((await call(`${app.base}/readyz`)).status, 200);
    const reads = async () => (await app.shim()).worker?.d1Reads;
    await Promise.all(Array.from({ length: 30 }, probe));
    for (let i = 0; i < 10; i++) await probe();
    assert.equal(await reads(), 1);
    await app.putClockForward(REMEMBERED_MS);
    for (let i = 0; i < 10; i++) await probe();
    assert.equal(await reads(), 2);
  });

  for (const count of MIGRATIONS.keys()) {
    test(`was there with ${count} of ${MIGRATIONS.length} migrations`, async (t) => {
      const app = await startApp({ migrations: count });
      t.after(() => app.close());
      const answer = await call(`${app.base}/readyz`);
      assertRefused(answer, 503, "unavailable");
      assert.equal(answer.body.error.issues[0].path, "DB");
      if (count > 0) assert.match(answer.body.error.message, new RegExp(`^D1 lacks ${MIGRATIONS[count]}`));
    });
  }

  test("hid what was wrong with the migrations: one too few, or one too many", async (t) => {
    const app = await startApp({ migrations: MIGRATIONS.length - 1 });
    t.after(() => app.close());
    const reason = async () => {
      const { status, body } = await call(`${app.base}/readyz`);
      return `${status} ${body.error?.message ?? ""}`;
    };
    const last = MIGRATIONS.at(-1) as string;
    assert.equal(await reason(), `503 D1 lacks ${last}: apply the migrations (npm run deploy does so first).`);
    await app.sql("INSERT INTO d1_migrations (name) VALUES (?), ('9999_later.sql')", last);
    assert.equal(
      await reason(),
      "503 D1 has 9999_later.sql, which this version does not know: deploy the version that brought it.",
      "the last migration is noted but was not made: D1 is asked for the names alone",
    );
  });

  test("asked for wrangler's own table, where something else has made the others", async (t) => {
    const app = await startApp();
    t.after(() => app.close());
    await app.sql("DROP TABLE d1_migrations");
    assert.equal((await call(`${app.base}/readyz`)).status, 200);
  });

  test("was there without a binding that the code needs", async (t) => {
    const app = await startApp({ unbound: ["FEEDS"] });
    t.after(() => app.close());
    const answer = await call(`${app.base}/readyz`);
    assertRefused(answer, 503, "not_configured");
    assert.equal(answer.body.error.message, "FEEDS is not set.");
  });

  test("let requests fail with a 500 while D1 lacks a migration", async (t) => {
    const app = await startApp({ migrations: 1 });
    t.after(() => app.close());
    const ada = await app.as("ada");
    for (const [method, path, body] of [
      ["GET", "/tasks"],
      ["GET", "/content"],
      ["POST", "/generate", { prompt: "a fox", model: "tsu/base" }],
      ["POST", "/ai", { workflow: "w", messages: [{ role: "user", content: "x" }] }],
      ["DELETE", "/users/me"],
    ] as const) {
      const { status } = body ? await ada.post(path, body) : await ada.call(path, { method });
      assert.ok(status === 503 || status < 300, `${method} ${path}: ${status}`);
    }
  });

  test("is back as soon as D1 is", async (t) => {
    const app = await startApp();
    t.after(() => app.close());
    const status = async () => (await call(`${app.base}/readyz`)).status;
    await app.sql("ALTER TABLE tasks RENAME TO away");
    assert.deepEqual([await status(), await status()], [503, 503]);
    await app.sql("ALTER TABLE away RENAME TO tasks");
    assert.equal(await status(), 200);
  });
});
