/** What operators are answered about events and tasks. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ended, standing, startOperated } from "../support/roads.ts";
import { app, ask, contract, timeout } from "./deployed.ts";

describe("an operator is answered as described:", { timeout }, () => {
  test("about events and tasks", async (t) => {
    const { app: own, operator } = await startOperated(["one"]);
    t.after(() => own.close());
    const asked = (name: string, more: { id?: string; query?: string } = {}) =>
      contract.ask(own.base, name, { token: operator.token, ...more });
    own.emulator.receiver.plans.set("one", "503:60,410");
    const taskId = await ended(own, "ada");
    const id = `evt_${taskId}_2`;
    await standing(operator, id, "waiting");
    const { body } = await asked("GET /admin/events", { query: "?limit=1&order=oldest&state=waiting" });
    assert.equal(body.events[0].id, id);
    await asked("GET /admin/events", { query: `?limit=1&order=oldest&state=waiting&cursor=${body.nextCursor}` });
    assert.equal((await asked("GET /admin/events/{id}", { id })).status, 200);
    assert.equal((await asked("POST /admin/events/{id}/resend", { id })).status, 202);
    await standing(operator, id, "failed");
    assert.equal((await asked("GET /admin/tasks/{id}", { id: taskId })).status, 200);
    const { taskId: running } = await (await own.as("ada")).start();
    assert.equal((await asked("POST /admin/tasks/{id}/reconcile", { id: running })).status, 200);
    await own.emulator.close();
    const away = await asked("POST /admin/tasks/{id}/reconcile", { id: running });
    assert.deepEqual([away.status, away.body.error.code], [503, "provider_unavailable"]);
  });

  test("that nothing can be sent without a road", async () => {
    const row = `INSERT INTO events (id, at, type, subject, version, state, roads) VALUES ('evt_tsk_x_2', '2026-11-26T10:00:00.000Z', 'task.failed', 'tsk_x', 2, 'failed', '{}')`;
    await app.sql(row);
    const refused = await ask("POST /admin/events/{id}/resend", { id: "evt_tsk_x_2" });
    assert.deepEqual([refused.status, refused.body.error.code], [409, "no_road"]);
  });
});
