// The Worker beside an emulator of the providers, as your users meet it. Tests of your own can begin here.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { parseEnv } from "node:util";
import { startEmulator } from "@taskwire/emulator";
import { createTestHarness } from "wrangler";

const emulator = await startEmulator({ port: 0, webhookUrl: "", autoDeliver: false });
const { host } = new URL(emulator.url);
const env = readFileSync(new URL(import.meta.resolve("@taskwire/emulator/worker.env")), "utf8");
const secrets = parseEnv(env.replaceAll("127.0.0.1:8788", host));
const configPath = new URL("../wrangler.jsonc", import.meta.url);
const server = createTestHarness({ workers: [{ configPath, secrets }] });
const { url } = await server.listen();
await server.getWorker().applyD1Migrations("DB");
emulator.options.webhookUrl = new URL("/webhooks/mynth", url).href;

after(async () => {
  await server.close();
  await emulator.close();
});

/** The API, as this user calls it. */
async function call(user, path, body) {
  const headers = { authorization: `Bearer ${await emulator.token({ sub: user })}`, "content-type": "application/json" };
  const init = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const response = await fetch(new URL(path, url), { ...init, headers });
  return { status: response.status, body: await response.json() };
}

const start = (user) => call(user, "/generate", { prompt: "a fox", model: "tsu/base", count: 2 });

test("the Worker has all that it needs", async () => {
  const response = await fetch(new URL("/readyz", url));
  assert.equal(response.status, 200, await response.text());
});

test("the page may call the issuer", async () => {
  const { headers } = await fetch(url);
  assert.ok(headers.get("content-security-policy").includes(`connect-src 'self' ${emulator.url};`));
});

test("nobody starts a task without signing in", async () => {
  const response = await fetch(new URL("/generate", url), { method: "POST", body: "{}" });
  assert.equal(response.status, 401);
});

test("a webhook brings the pictures", async () => {
  const started = await start("ada");
  assert.equal(started.status, 201, JSON.stringify(started.body));
  await emulator.deliver(started.body.taskId);
  const { task } = (await call("ada", `/tasks/${started.body.taskId}`)).body;
  assert.equal(task.status, "completed");
  assert.deepEqual(
    task.images.map((image) => image.status),
    ["success", "success"],
  );
  const picture = await fetch(task.images[0].url);
  assert.equal(picture.headers.get("content-type"), "image/png");
});

test("another user's task is not there", async () => {
  const { body } = await start("ada");
  assert.equal((await call("bob", `/tasks/${body.taskId}`)).status, 404);
});

test("a webhook that is not signed changes nothing", async () => {
  const response = await fetch(new URL("/webhooks/mynth", url), { method: "POST", body: '{"event":"task.completed"}' });
  assert.equal(response.status, 401);
});
