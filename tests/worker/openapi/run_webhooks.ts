/** Every answer to webhooks that have a token in their URL and a signature, of every provider that sends such. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRefused } from "../support/api.ts";
import { app, ask, bare, contract, cut, timeout } from "./deployed.ts";

const REQUEST = "POST /webhooks/mynth/{token}";
const NAMES = contract.operations
  .map(({ name }) => name)
  .filter((name) => name.startsWith("POST /webhooks/") && name.endsWith("/{token}") && name !== REQUEST);

/** Something to run at each. */
const MODELS: Record<string, string> = { replicate: "owner/name", fal: "fal-ai/flux/dev" };

for (const name of NAMES) {
  const provider = name.split("/")[2] as "replicate";

  /** A run, and what its provider sends: delivered by hand, so that the answer can be checked. */
  async function webhookOf(at = app): Promise<{ id: string; body: string; headers: Record<string, string> }> {
    const user = await at.as("ada");
    const body = { provider, model: MODELS[provider], input: { prompt: "a fox" } };
    const answer = await user.post("/tasks", body);
    assert.equal(answer.status, 201, answer.text);
    const control = at.emulator[provider];
    const run = control.runs.get(answer.body.taskId.split("_")[1]);
    assert.ok(run?.webhook);
    // Nobody listens there: the attempt is only made to be seen. Another deployment has its API elsewhere.
    const mutate = (body: Record<string, unknown>) => {
      delete body.urls;
    };
    const [attempt] = await control.deliver(run.id, { url: "http://127.0.0.1:9/", mutate });
    assert.ok(attempt);
    const { "content-type": _, ...headers } = attempt.headers;
    return { id: run.webhook.split("/").at(-1) ?? "", body: attempt.body, headers };
  }

  describe(`${name} is answered as described:`, { timeout }, () => {
    test("taken", async () => {
      assert.equal((await ask(name, await webhookOf())).status, 200);
    });

    test("too large, or without sense", async () => {
      const { id, headers } = await webhookOf();
      assertRefused(await ask(name, { id, headers, body: "x".repeat(1024 * 1024 + 1) }), 413, "payload_too_large");
      const control = app.emulator[provider];
      const run = [...control.runs.values()].at(-1);
      assert.ok(run);
      const [senseless] = await control.deliver(run.id, { url: "http://127.0.0.1:9/", mutate: () => ({}) });
      assert.ok(senseless);
      assertRefused(await ask(name, { id, headers: senseless.headers, body: senseless.body }), 400, "malformed_event");
    });

    test("where D1 or the provider's keys are missing", async () => {
      Object.assign(cut.emulator.options[provider], { servesKeys: false });
      assertRefused(await contract.ask(cut.base, name, await webhookOf()), 503, "unavailable");
    });

    test("where nothing is configured", async () => {
      assertRefused(await contract.ask(bare.base, name, { id: "x", body: "{}" }), 503, "not_configured");
    });
  });
}
