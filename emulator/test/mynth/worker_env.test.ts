import assert from "node:assert/strict";
import { test } from "node:test";
import { MYNTH_DEFAULTS } from "../../mynth/options.ts";
import { SHARED_DEFAULTS } from "../../shared_options.ts";
import { env } from "../worker_env.ts";

test("worker.env matches Mynth's defaults", () => {
  assert.equal(env.MYNTH_API_URL, `http://${SHARED_DEFAULTS.host}:${SHARED_DEFAULTS.port}`);
  assert.equal(env.MYNTH_API_KEY, MYNTH_DEFAULTS.apiKey);
  assert.equal(env.MYNTH_WEBHOOK_SECRET, MYNTH_DEFAULTS.webhookSecret);
  assert.equal(`${env.PUBLIC_URL}/webhooks/mynth`, MYNTH_DEFAULTS.webhookUrl);
  assert.ok(Buffer.from((env.MYNTH_WEBHOOK_SECRET ?? "").replace("whsec_", ""), "base64").length >= 24);
});
