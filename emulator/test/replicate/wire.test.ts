import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type EmulatorSettings, startEmulator } from "../../emulator.ts";
import { REPLICATE_DEFAULTS } from "../../replicate/options.ts";
import { SHARED_DEFAULTS } from "../../shared_options.ts";
import { signStandard } from "../../signing.ts";
import { startReceiver } from "../receiver.ts";
import { env } from "../worker_env.ts";

async function start(t: TestContext, settings: EmulatorSettings = {}) {
  const emulator = await startEmulator({ port: 0, webhookUrl: "", autoDeliver: false, ...settings });
  t.after(() => emulator.close());
  const call = async (method: string, path: string, body?: object, key = REPLICATE_DEFAULTS.apiKey) => {
    const answer = await fetch(`${emulator.url}/replicate/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as any };
  };
  return { emulator, call };
}

const input = { prompt: "a fox" };

test("worker.env matches Replicate's defaults", () => {
  assert.equal(env.REPLICATE_API_URL, `http://${SHARED_DEFAULTS.host}:${SHARED_DEFAULTS.port}/replicate/v1`);
  assert.equal(env.REPLICATE_API_TOKEN, REPLICATE_DEFAULTS.apiKey);
  assert.equal(env.REPLICATE_WEBHOOK_SECRET, REPLICATE_DEFAULTS.webhookSecret);
});

test("a prediction is made, read, listed and canceled, with the key", async (t) => {
  const { call } = await start(t);
  assert.equal((await call("GET", "/predictions", undefined, "wrong")).status, 401);
  const made = await call("POST", "/models/owner/name/predictions", { input });
  assert.deepEqual([made.status, made.body.status, made.body.output], [201, "starting", null]);
  const { id } = made.body;
  assert.equal((await call("GET", `/predictions/${id}`)).body.id, id);
  assert.deepEqual(
    (await call("GET", "/predictions")).body.results.map((each: any) => each.id),
    [id],
  );
  assert.equal((await call("POST", `/predictions/${id}/cancel`)).body.status, "canceled");
  assert.equal((await call("POST", `/predictions/${id}/cancel`)).status, 200);
  assert.equal((await call("GET", "/predictions/none")).status, 404);
});

test("errors are problems, and validation names the field", async (t) => {
  const { call } = await start(t);
  const wrong = await call("POST", "/models/owner/name/predictions", { input: { prompt: 7 } });
  assert.deepEqual([wrong.status, wrong.body.invalid_fields[0].field], [422, "input.prompt"]);
  for (const [word, status] of [
    ["refuse-402", 402],
    ["refuse-429", 429],
    ["refuse-500", 500],
  ] as const) {
    const refused = await call("POST", "/predictions", { version: "v", input: { prompt: `[${word}]` } });
    assert.deepEqual([refused.status, refused.body.status], [status, status]);
  }
});

test("events are signed, twice or out of order where that is asked for, and the last is repeated for a minute", async (t) => {
  const receiver = await startReceiver(t);
  const { emulator, call } = await start(t, { autoDeliver: true, retryScale: 0.001, replicate: { latencyMs: 40 } });
  receiver.answers.push(500, 500);
  const body = (words: string) => ({
    input: { prompt: words },
    webhook: receiver.url,
    webhook_events_filter: ["completed"],
  });
  const { id } = (await call("POST", "/models/a/b/predictions", body("a fox"))).body;
  await emulator.until(() => receiver.received.length === 3);
  const [first] = receiver.received;
  assert.ok(first);
  const [name, time] = [String(first.headers["webhook-id"]), Number(first.headers["webhook-timestamp"])];
  const signature = signStandard(REPLICATE_DEFAULTS.webhookSecret, name, time, first.body);
  assert.equal(first.headers["webhook-signature"], signature);
  assert.deepEqual([JSON.parse(first.body).id, JSON.parse(first.body).status], [id, "succeeded"]);
  const both = { ...body("[reordered] [twice]"), webhook_events_filter: ["logs", "completed"] };
  await call("POST", "/models/a/b/predictions", both);
  const later = () => receiver.received.slice(3).map(({ body }) => JSON.parse(body).status);
  await emulator.until(() => later().filter((status) => status === "processing").length === 10);
  assert.equal(later()[0], "succeeded");
});

test("outputs are deleted after a time", async (t) => {
  const { emulator, call } = await start(t, { replicate: { keptMs: 0 } });
  const { id } = (await call("POST", "/models/a/b/predictions", { input })).body;
  emulator.replicate.finish(id);
  const { output, data_removed, status } = (await call("GET", `/predictions/${id}`)).body;
  assert.deepEqual({ output, data_removed, status }, { output: null, data_removed: true, status: "succeeded" });
});
