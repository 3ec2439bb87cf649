/** Answers of the API came without `nosniff` and without HSTS: each of them has both, refusals and preflights too. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Answer, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";
import { completedBody, hexHeaders, sendWebhook } from "./support/signatures.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");

function assertSafe(answer: Answer, status: number): void {
  const { headers } = answer;
  const shown = `${answer.status} ${answer.text.slice(0, 200)}`;
  assert.equal(answer.status, status, shown);
  assert.equal(headers.get("x-content-type-options"), "nosniff", shown);
  assert.match(headers.get("strict-transport-security") ?? "", /^max-age=\d{8}/, shown);
}

describe("nosniff and HSTS were missing", { timeout: 20_000 }, () => {
  test("on what is read and started", async () => {
    const started = await ada.generate();
    assertSafe(started, 201);
    const { taskId } = started.body;
    const read = await ada.call(`/tasks/${taskId}`);
    assertSafe(read, 200);
    const etag = read.headers.get("etag") ?? "";
    assertSafe(await ada.call(`/tasks/${taskId}`, { headers: { "if-none-match": etag } }), 304);
    for (const path of ["/tasks", "/content", "/models"]) assertSafe(await ada.call(path), 200);
    const body = completedBody(taskId);
    assertSafe(await sendWebhook(app.base, body, hexHeaders(body)), 200);
  });

  test("on what anybody may read", async () => {
    for (const path of ["/healthz", "/readyz", "/config.json", "/openapi.json"]) {
      assertSafe(await call(app.base + path), 200);
    }
  });

  test("on refusals", async () => {
    assertSafe(await call(`${app.base}/tasks`), 401);
    assertSafe(await call(`${app.base}/nothing`), 404);
    assertSafe(await ada.call("/tasks", { method: "DELETE" }), 405);
    assertSafe(await ada.call("/tasks?limit=0"), 422);
    assertSafe(await ada.call("/tasks/live"), 426);
    assertSafe(await sendWebhook(app.base, "{}", {}), 401);
  });

  test("on a preflight", async () => {
    const headers = { origin: "http://localhost:8787", "access-control-request-method": "POST" };
    assertSafe(await call(`${app.base}/generate`, { method: "OPTIONS", headers }), 204);
  });
});
