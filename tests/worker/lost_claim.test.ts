/** `POST /ai` under a key whose claim D1 has taken, and has not said so. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { aiRequest, aiStarts } from "./support/river.ts";
import { startOwn } from "./support/troubles.ts";

describe("a claim whose answer was lost", { timeout: 60_000 }, () => {
  test("blocked its key for a day and said that the request was still under way", async (t) => {
    const { app, ada } = await startOwn(t);
    const start = () => ada.post("/ai", aiRequest(), { "idempotency-key": "k1" });
    await app.shim("lost");
    const first = await start();
    assert.equal(first.status, 201, first.text);
    await app.shim("ok");
    const again = await start();
    assert.deepEqual([again.status, again.body.channelId], [201, first.body.channelId], again.text);
    assert.equal(aiStarts(app).length, 1);
  });

  test("is still one start for two callers who come together", async (t) => {
    const { app, ada } = await startOwn(t);
    await app.shim("lost");
    const start = () => ada.post("/ai", aiRequest(), { "idempotency-key": "k1" });
    const answers = await Promise.all([start(), start(), start()]);
    for (const { status, text } of answers) assert.equal(status, 201, text);
    assert.equal(new Set(answers.map(({ body }) => body.channelId)).size, 1);
    assert.equal(aiStarts(app).length, 1);
  });
});
