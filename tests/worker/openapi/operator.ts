/** What operators are answered. Ada is one here. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { logged } from "../support/operator.ts";
import { ada, app, ask, timeout } from "./deployed.ts";

describe("an operator is answered as described:", { timeout }, () => {
  test("the log, one of it, and what is repeated", async () => {
    const { taskId } = await ada.start();
    await app.emulator.deliver(taskId);
    const page = () => ask("GET /admin/deliveries", { query: `?task=${taskId}&limit=1&order=oldest` });
    await eventually(async () => (await page()).body.deliveries.length === 1, 10_000, "its row");
    const { id } = (await page()).body.deliveries[0];
    assert.equal((await ask("GET /admin/deliveries/{id}", { id })).status, 200);
    const repeated = await ask("POST /admin/deliveries/{id}/replay", { id });
    assert.deepEqual([repeated.status, repeated.body], [200, { verdict: "duplicate" }]);
    const forged = await logged(app, { verdict: "bad_signature" });
    assert.equal((await ask("POST /admin/deliveries/{id}/replay", { id: forged })).body.error.code, "not_replayable");
    const erased = await logged(app, { body: null });
    assert.equal((await ask("POST /admin/deliveries/{id}/replay", { id: erased })).body.error.code, "gone");
    const body = { since: "2026-11-20T00:00:00Z", until: new Date().toISOString() };
    assert.equal((await ask("POST /admin/replay", { body })).status, 200);
  });

  test("figures", async () => {
    const since = new Date(Date.now() - 3600_000).toISOString();
    assert.equal((await ask("GET /admin/stats", { query: `?since=${since}` })).status, 200);
    assert.equal((await ask("GET /metrics")).status, 200);
  });
});
