import assert from "node:assert/strict";
import { test } from "node:test";
import { MODELRIVER_DEFAULTS } from "../../modelriver/options.ts";
import { SHARED_DEFAULTS } from "../../shared_options.ts";
import { env } from "../worker_env.ts";

test("worker.env matches ModelRiver's defaults", () => {
  const host = `${SHARED_DEFAULTS.host}:${SHARED_DEFAULTS.port}`;
  assert.equal(env.MODELRIVER_API_URL, `http://${host}`);
  assert.equal(env.MODELRIVER_CALLBACK_HOSTS, host);
  assert.equal(env.MODELRIVER_API_KEY, MODELRIVER_DEFAULTS.apiKey);
  assert.equal(env.MODELRIVER_WEBHOOK_SECRET, MODELRIVER_DEFAULTS.webhookSecret);
  assert.equal(`${env.PUBLIC_URL}/webhooks/modelriver`, MODELRIVER_DEFAULTS.webhookUrl);
});
