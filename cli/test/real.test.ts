/** The program against the built Worker and the emulator: what it signs is accepted, and doctor finds what is wrong. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type App, startApp } from "../../tests/worker/support/app.ts";
import { variables } from "../../tests/worker/support/deployment.ts";
import { aiRequest } from "../../tests/worker/support/river.ts";
import { Machine } from "./support/cli.ts";
import { KEY } from "./support/fake.ts";

const READER = "twk_fedcba9876543210fedcba9876543210";
const KEYS = JSON.stringify([
  { name: "cli", key: KEY, scopes: ["admin"] },
  { name: "backend", key: READER, scopes: ["start", "read"] },
]);

let app: App;
let machine: Machine;

before(async () => {
  app = await startApp({ vars: { TASKWIRE_SERVER_KEYS: KEYS } });
  const secrets = Object.entries(variables(app.emulator.url)).filter(([name]) =>
    /_SECRET$|^REPLICATE_API_(TOKEN|URL)$/.test(name),
  );
  machine = new Machine({ ...Object.fromEntries(secrets), TASKWIRE_URL: app.base });
});
after(async () => {
  await machine?.close();
  await app?.close();
});

async function trigger(...args: string[]): Promise<void> {
  const { code, err } = await machine.run(["trigger", ...args]);
  assert.equal(code, 0, err);
}

test("a triggered event of Mynth's is accepted by its signature, and ends the task as it was set", async () => {
  const ada = await app.as("ada");
  const url = "https://pictures.example/triggered.png";
  const { taskId } = await ada.start();
  await trigger("task.image.generate.completed", "--task", taskId, "--set", `data.result.images[0].url=${url}`);
  const task = await ada.task(taskId);
  assert.equal(task.status, "completed");
  assert.equal(task.images[0].url, url);
  const failed = await ada.start();
  await trigger("task.image.generate.failed", "--task", failed.taskId, "--set", "data.errors[0].message=because");
  assert.equal((await ada.task(failed.taskId)).error.message, "because");
});

test("every kind of Mynth's is accepted", async () => {
  for (const kind of ["image.rate", "image.alt", "image.review", "image.remove_background", "image.upscale"]) {
    const ada = await app.as("ada");
    const request = {
      url: "https://pictures.example/fox.png",
      ...(kind === "image.upscale" && { size: "2x", effort: "low" }),
    };
    const { taskId } = (await ada.post("/tasks", { kind, request })).body;
    await trigger(`task.${kind}.completed`, "--task", taskId);
    assert.equal((await ada.task(taskId)).status, "completed", kind);
  }
});

test("ModelRiver's become rows of their channel, and its failure is one", async () => {
  const ada = await app.as("ada");
  const channel = async () => (await ada.post("/ai", aiRequest())).body.channelId;
  for (const event of ["task.ai_generated", "task.completed"]) {
    const id = await channel();
    await trigger(event, "--task", id);
    const { body } = await ada.call(`/channels/${id}`);
    assert.equal(body.channel.status, "completed", JSON.stringify(body));
  }
  const id = await channel();
  await trigger("task.failed", "--task", id);
  assert.equal((await ada.call(`/channels/${id}`)).body.channel.status, "failed");
});

test("Replicate's go to the address that Replicate knows, with its token", async () => {
  const ada = await app.as("ada");
  const start = { provider: "replicate", model: "owner/name", input: { prompt: "a fox" } };
  const { taskId } = (await ada.post("/tasks", start)).body;
  await trigger("prediction.processing", "--task", taskId);
  assert.equal((await ada.task(taskId)).status, "pending");
  await trigger("prediction.succeeded", "--task", taskId, "--set", 'output=["https://replicate.delivery/x.png"]');
  const task = await ada.task(taskId);
  assert.equal(task.status, "completed");
  assert.equal(task.outputs[0].url, "https://replicate.delivery/x.png");
});

test("fal's are accepted with a key that the deployment's set lists", async () => {
  const ada = await app.as("ada");
  const start = { provider: "fal", model: "fal-ai/flux/dev", input: { prompt: "a fox" } };
  const { taskId } = (await ada.post("/tasks", start)).body;
  const key = app.emulator.fal.rotate();
  const jwk = JSON.stringify({ ...key.private.export({ format: "jwk" }), kid: key.id });
  const webhook = app.emulator.fal.runs.get(taskId.replace("fal_", ""))?.webhook ?? "";
  const args = ["trigger", "request.ok", "--task", taskId, "--to", webhook];
  const { code, err } = await machine.run(args, { FAL_WEBHOOK_KEY: jwk });
  assert.equal(code, 0, err);
  assert.equal((await ada.task(taskId)).status, "completed");
});

test("a wrong secret is refused: exit code 3", async () => {
  const args = ["trigger", "task.image.generate.completed", "--task", "tsk_1"];
  const { code, err } = await machine.run(args, { MYNTH_WEBHOOK_SECRET: "whsec_d3Jvbmc=" });
  assert.equal(code, 3);
  assert.match(err, /MYNTH_WEBHOOK_SECRET from the environment is not the deployment's/);
});

async function doctor(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const { code, out } = await machine.run(["doctor", "--json", ...args], env);
  const { checks } = JSON.parse(out);
  return { code, checks, of: (name: string) => checks.filter((check: any) => check.name === name) };
}

test("doctor finds a deployment well, and each secret right", async () => {
  const { checks, of } = await doctor(["--token", await app.emulator.token({ sub: "ada" })]);
  const bad = checks.filter(({ name, state }: any) => state !== "ok" && name !== "key");
  assert.deepEqual(bad, []);
  assert.equal(of("webhooks").length, 3);
  assert.equal(of("token")[0].said, "the deployment accepts it");
});

test("doctor passes on the Worker's own reason for a 401, and says which secret is wrong", async () => {
  const token = await app.emulator.token({ sub: "ada", aud: "another" });
  const { code, of } = await doctor(["--token", token], { MODELRIVER_WEBHOOK_SECRET: "wrong" });
  assert.equal(code, 1);
  assert.equal(of("token")[0].state, "fail");
  assert.match(of("token")[0].said, /aud/);
  assert.deepEqual(
    of("webhooks").map(({ state }: any) => state),
    ["ok", "fail", "ok"],
  );
});

test("doctor names each setting that a deployment lacks", async () => {
  const bare = await startApp({ vars: { MYNTH_API_KEY: null, TASKWIRE_TOKEN_SECRET: null } });
  try {
    const { code, of } = await doctor(["--url", bare.base]);
    assert.equal(code, 1);
    assert.deepEqual(
      of("readyz")
        .map(({ said }: any) => said)
        .sort(),
      ["MYNTH_API_KEY is not set", "TASKWIRE_TOKEN_SECRET is not set"],
    );
  } finally {
    await bare.close();
  }
});
