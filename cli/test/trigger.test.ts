import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { FIXTURES } from "../src/fixtures.ts";
import { Machine } from "./support/cli.ts";
import { FakeDeployment } from "./support/fake.ts";

const SECRET = "whsec_ZW11bGF0b3Igb25seSwgd29ydGggbm90aGluZw==";
const EVENT = "task.image.generate.completed";

const machine = new Machine();
let fake: FakeDeployment;
before(async () => {
  fake = await FakeDeployment.start();
});
after(() => Promise.all([machine.close(), fake.close()]));

const trigger = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  machine.run(["trigger", "--url", fake.base, ...args], { MYNTH_WEBHOOK_SECRET: SECRET, ...env });
const sent = () => fake.asked.filter(({ path }) => path.startsWith("/webhooks/"));

test("an event is sent as its provider sends it, with what was set", async () => {
  const { code, out } = await trigger([
    EVENT,
    "--task",
    "tsk_1",
    "--set",
    "data.result.images[0].url=https://x.example/a.png",
  ]);
  assert.equal(code, 0, out);
  assert.match(
    out,
    /^task\.image\.generate\.completed is taken {2}\(signed with MYNTH_WEBHOOK_SECRET from the environment\)\n$/,
  );
  const { path, body, headers } = sent().at(-1) ?? assert.fail();
  assert.equal(path, "/webhooks/mynth");
  new Webhook(SECRET).verify(body, headers as Record<string, string>);
  const { id, type, data } = JSON.parse(body);
  assert.equal(headers["webhook-id"], id);
  assert.equal(type, EVENT);
  assert.equal(data.id, "tsk_1");
  assert.equal(data.result.images[0].url, "https://x.example/a.png");
});

test("the secret is taken from .dev.vars too, and its name is said where it is missing", async () => {
  const none = await trigger(["task.completed", "--task", "ch_1"]);
  assert.equal(none.code, 3);
  assert.match(none.err, /^MODELRIVER_WEBHOOK_SECRET is not set: .*\.dev\.vars of this folder\.\n$/);
  writeFileSync(join(machine.folder, ".dev.vars"), "MODELRIVER_WEBHOOK_SECRET=mr_secret\n");
  const { code, out } = await trigger(["task.completed", "--task", "ch_1", "--json"]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), {
    event: "task.completed",
    provider: "modelriver",
    task: "ch_1",
    status: 200,
    verdict: null,
  });
  assert.equal(sent().at(-1)?.headers["mr-channel-id"], "ch_1");
});

test("with a key it says what became of it", async () => {
  const { deliveries } = fake;
  fake.instead.set("/webhooks/mynth", ({ headers }) => {
    deliveries.push({
      ...fake.arrive({ taskId: "tsk_9", verdict: "unknown_task" }),
      providerDelivery: headers["webhook-id"],
    });
    return [200, { received: true }];
  });
  const { out } = await trigger([EVENT, "--task", "tsk_9"]);
  fake.instead.delete("/webhooks/mynth");
  assert.match(out, /is taken: unknown_task/);
});

test("every event that the Worker knows has a payload, and nothing is sent for --dry-run", async () => {
  const before = sent().length;
  for (const [event, { provider, make }] of FIXTURES) {
    const body = make({ taskId: "x_1", webhook: "https://a.example/webhooks/replicate/t" });
    const named = {
      mynth: () => (body.data as { id: string }).id,
      modelriver: () => body.channel_id,
      replicate: () => body.id,
      fal: () => body.request_id,
    };
    assert.equal(named[provider](), "x_1", event);
    if (provider === "mynth" || event === "task.failed") assert.equal(body.type, event);
  }
  const { code, out } = await trigger(["prediction.succeeded", "--task", "rep_abc", "--dry-run", "--json"]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(out).id, "abc");
  assert.equal(sent().length, before);
});

test("an unknown event is for a provider that is named, and otherwise the known ones are listed", async () => {
  const unknown = await trigger(["task.dance", "--task", "tsk_1"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /^task\.dance is no event that is known: task\.image\.generate\.completed, /);
  const { code } = await trigger(["task.dance", "--task", "tsk_1", "--provider", "mynth"]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(sent().at(-1)?.body ?? "").type, "task.dance");
  const other = await trigger([EVENT, "--task", "t", "--provider", "fal"]);
  assert.match(other.err, /is an event of mynth, not of fal/);
});

test("arguments that are wrong are said before anything is sent", async () => {
  const before = fake.asked.length;
  for (const [args, why] of [
    [[EVENT], /is about a task: name it with --task/],
    [
      [EVENT, "--task", "t", "--set", "data.result.images[4].url=x"],
      /data\.result\.images has 1 in it: the next place is \[1\]/,
    ],
    [[EVENT, "--task", "t", "--set", "data"], /it must be path=value/],
    [["request.ok", "--task", "fal_1"], /FAL_WEBHOOK_KEY/],
  ] as const) {
    const { code, err } = await trigger([...args]);
    assert.ok(code === 2 || code === 3, err);
    assert.match(err, why);
  }
  assert.equal(fake.asked.length, before);
});

test("a deployment that is not on this machine is not sent to unasked", async () => {
  const { code, err } = await machine.run(["trigger", EVENT, "--task", "t", "--url", "https://tasks.invalid"], {
    MYNTH_WEBHOOK_SECRET: SECRET,
  });
  assert.equal(code, 2);
  assert.match(
    err,
    /Send task\.image\.generate\.completed of mynth to https:\/\/tasks\.invalid\? There is no terminal to ask in: give --yes/,
  );
});

test("a signature that is refused ends it with 3, and names the secret", async () => {
  fake.instead.set("/webhooks/mynth", () => [
    401,
    { error: { code: "invalid_signature", message: "The signature does not match." } },
  ]);
  const { code, err } = await trigger([EVENT, "--task", "t"]);
  fake.instead.delete("/webhooks/mynth");
  assert.equal(code, 3);
  assert.match(
    err,
    /^The signature does not match\. MYNTH_WEBHOOK_SECRET from the environment is not the deployment's/,
  );
});

test("Replicate is asked for the webhook's address, and its path is that of the deployment", async () => {
  const env = {
    REPLICATE_WEBHOOK_SECRET: SECRET,
    REPLICATE_API_URL: `${fake.base}/replicate/v1`,
    REPLICATE_API_TOKEN: "r8_x",
  };
  fake.instead.set("/replicate/v1/predictions/abc", ({ headers }) =>
    headers.authorization === "Bearer r8_x"
      ? [200, { webhook: "https://tasks.example.com/webhooks/replicate/v1.a.b" }]
      : [401, {}],
  );
  const { code, err } = await trigger(["prediction.succeeded", "--task", "rep_abc"], env);
  assert.equal(code, 0, err);
  const { path, body } = sent().at(-1) ?? assert.fail();
  assert.equal(path, "/webhooks/replicate/v1.a.b");
  assert.equal(JSON.parse(body).urls.get, `${env.REPLICATE_API_URL}/predictions/abc`);
  const wrong = await trigger(["prediction.succeeded", "--task", "rep_abc"], { ...env, REPLICATE_API_TOKEN: "no" });
  assert.equal(wrong.code, 3);
  const without = await trigger(["prediction.succeeded", "--task", "rep_abc"], { ...env, REPLICATE_API_TOKEN: "" });
  assert.match(without.err, /REPLICATE_API_TOKEN is not set/);
});

test("fal's are signed with a key of one's own, to an address that is given", async () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const env = { FAL_WEBHOOK_KEY: JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "k" }) };
  const { code, err } = await trigger(
    ["request.ok", "--task", "fal_1", "--to", "https://a.example/webhooks/fal/v1.a.b"],
    env,
  );
  assert.equal(code, 0, err);
  assert.equal(sent().at(-1)?.path, "/webhooks/fal/v1.a.b");
  assert.match(String(sent().at(-1)?.headers["x-fal-webhook-signature"]), /^[0-9a-f]{128}$/);
  const bad = await trigger(["request.ok", "--task", "fal_1", "--to", "https://a.example/w"], {
    FAL_WEBHOOK_KEY: "{}",
  });
  assert.match(bad.err, /must be a private Ed25519 key as a JWK/);
});
