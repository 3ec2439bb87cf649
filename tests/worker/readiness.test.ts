/** `GET /readyz`: anybody may ask, so that it must cost nothing; and it must not be ready too early. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";

const MIGRATIONS = readdirSync(new URL("../../migrations/", import.meta.url)).filter((name) => name.endsWith(".sql"));
const REMEMBERED_MS = 5000;

describe("readiness", { timeout: 60_000, concurrency: 2 }, () => {
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
    });
  }

  test("is back soon after D1 is", async (t) => {
    const app = await startApp({ shim: true });
    t.after(() => app.close());
    const status = async () => (await call(`${app.base}/readyz`)).status;
    await app.sql("ALTER TABLE tasks RENAME TO away");
    assert.equal(await status(), 503);
    await app.sql("ALTER TABLE away RENAME TO tasks");
    await app.putClockForward(REMEMBERED_MS);
    assert.equal(await status(), 200);
  });
});
