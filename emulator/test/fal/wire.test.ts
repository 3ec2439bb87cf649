import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type EmulatorSettings, startEmulator } from "../../emulator.ts";
import { FAL_DEFAULTS } from "../../fal/options.ts";
import { keyOf, published, signatureOf } from "../../fal/signing.ts";
import { SHARED_DEFAULTS } from "../../shared_options.ts";
import { startReceiver } from "../receiver.ts";
import { env } from "../worker_env.ts";

async function start(t: TestContext, settings: EmulatorSettings = {}) {
  const emulator = await startEmulator({ port: 0, webhookUrl: "", autoDeliver: false, ...settings });
  t.after(() => emulator.close());
  const call = async (method: string, url: string, body?: object, key = FAL_DEFAULTS.apiKey) => {
    const answer = await fetch(url.startsWith("http") ? url : `${emulator.url}/fal${url}`, {
      method,
      headers: { authorization: `Key ${key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as any };
  };
  return { emulator, call };
}

const input = { prompt: "a fox" };

test("worker.env matches fal's defaults", () => {
  const base = `http://${SHARED_DEFAULTS.host}:${SHARED_DEFAULTS.port}/fal`;
  assert.deepEqual(
    [env.FAL_API_URL, env.FAL_JWKS_URL, env.FAL_KEY],
    [base, `${base}/.well-known/jwks.json`, FAL_DEFAULTS.apiKey],
  );
});

test("signs as the known answer says", () => {
  const key = keyOf("k", Buffer.from(Array.from({ length: 32 }, (_, i) => i)));
  assert.equal((published(key) as any).x, "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg");
  const id = "024ca5b1-45d3-4afd-883e-ad3abe2a1c4d";
  const body = `{"request_id":"${id}","gateway_request_id":"${id}","status":"OK","payload":{"images":[{"url":"https://v3.fal.media/files/x/image.png","content_type":"image/png","file_name":"image.png","file_size":1824075,"width":1024,"height":1024}],"seed":196619188014358660}}`;
  assert.equal(
    signatureOf({ requestId: id, userId: "user_123", timestamp: 1750861210, body }, key),
    "5fd3d6c39614c419a63f5e9981a16a170299b0329a05dd031cee053d8e3f7ce1b1267876baa73151e686dc4d5ad47c067c32e9410e383d4513a49209fff38603",
  );
});

test("a request waits in the queue, runs, and is asked for its result", async (t) => {
  const { emulator, call } = await start(t);
  assert.equal((await call("POST", "/fal-ai/flux/dev", input, "wrong")).status, 401);
  await call("POST", "/fal-ai/flux/dev", input);
  const { body } = await call("POST", "/fal-ai/flux/dev", input);
  assert.deepEqual([body.status, body.queue_position], ["IN_QUEUE", 1]);
  assert.ok(body.status_url.startsWith(`${emulator.url}/fal/fal-ai/flux/requests/`));
  emulator.fal.step(body.request_id, 0.5);
  const running = await call("GET", `${body.status_url}?logs=1`);
  assert.equal(running.body.status, "IN_PROGRESS");
  assert.match(running.body.logs.at(-1).message, /^ 50%\|/);
  assert.equal((await call("GET", body.response_url)).status, 400);
  emulator.fal.finish(body.request_id, "failed");
  assert.equal((await call("GET", body.status_url)).body.status, "COMPLETED");
  assert.equal((await call("GET", body.response_url)).status, 422);
});

test("a cancellation comes in time, while it runs, or too late", async (t) => {
  const { emulator, call } = await start(t);
  const submit = async (prompt: string) => (await call("POST", "/fal-ai/flux", { prompt })).body;
  const waiting = await submit("a fox");
  assert.deepEqual(await call("PUT", waiting.cancel_url), { status: 200, body: { status: "OK" } });
  assert.equal((await call("PUT", waiting.cancel_url)).body.status, "ALREADY_COMPLETED");
  const running = await submit("[stubborn]");
  emulator.fal.step(running.request_id, 0.1);
  assert.equal((await call("PUT", running.cancel_url)).body.status, "CANCELLATION_REQUESTED");
  assert.equal((await call("GET", running.status_url)).body.status, "IN_PROGRESS");
});

test("one webhook comes at the end, again until it is taken", async (t) => {
  const receiver = await startReceiver(t);
  const { emulator, call } = await start(t, { autoDeliver: true, retryScale: 0.0001, fal: { latencyMs: 30 } });
  receiver.answers.push(503);
  await call("POST", `/fal-ai/flux?fal_webhook=${encodeURIComponent(receiver.url)}`, input);
  await emulator.until(() => receiver.received.length === 2);
  const [first] = receiver.received;
  assert.equal(JSON.parse(first?.body ?? "").status, "OK");
  assert.match(String(first?.headers["x-fal-webhook-signature"]), /^[0-9a-f]{128}$/);
});
