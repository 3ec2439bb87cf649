/** `POST /estimate`: what a start would cost, in the provider's words, and nothing is started. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { GENERATIONS } from "../../emulator/options.ts";
import { assertRefused } from "./support/api.ts";
import { startApp } from "./support/app.ts";

const app = await startApp();
after(() => app.close());
const ada = await app.as("ada");
const timeout = 20_000;

const BODY = { prompt: "a fox", model: "m/x", count: 3, size: "square", metadata: { mine: 1 } };
const ESTIMATES = {
  g1: { estimatedCost: "0.03750000", currency: "USD" },
  g2: { estimatedCost: "0.03750000", currency: "USD" },
  g3: { estimatedCost: "0.03750000", currency: "USD" },
  g4: { estimated_cost: "0.03750000", currency: "USD" },
};

describe("an estimate", { timeout }, () => {
  for (const generation of GENERATIONS) {
    test(`is what the provider says on wire ${generation}`, async () => {
      app.emulator.options.generation = generation;
      const answer = await ada.post("/estimate", BODY);
      assert.deepEqual([answer.status, answer.body], [200, ESTIMATES[generation]]);
    });
  }

  test("is asked for with what the start would send, but for what only a task needs", async () => {
    app.emulator.options.generation = "g4";
    await ada.post("/estimate", BODY);
    const { path, body } = app.emulator.requests.at(-1) ?? {};
    const { metadata, ...asked } = BODY;
    assert.deepEqual([path, body], ["/image/generate/estimate", asked]);
  });

  test("starts nothing and leaves no row", async () => {
    assert.equal(app.emulator.tasks.size, 0);
    assert.deepEqual(await app.sql("SELECT id FROM tasks"), []);
    assert.deepEqual(await app.sql("SELECT id FROM images"), []);
  });

  test("is refused by the name of what is wrong, and the provider is not asked", async () => {
    const asked = app.emulator.requests.length;
    const wrong: [body: object, paths: string[]][] = [
      [{ ...BODY, count: 21 }, ["count"]],
      [{ ...BODY, prompt: "" }, ["prompt"]],
      [{ model: "m/x", prompts: ["a fox"] }, ["prompt", "prompts"]],
      [[], [""]],
    ];
    for (const [body, paths] of wrong) {
      const answer = await ada.post("/estimate", body);
      assertRefused(answer, 422, "validation_error");
      assert.deepEqual(answer.body.error.issues.map(({ path }: any) => path).sort(), paths);
    }
    assertRefused(await ada.post("/estimate", "{"), 400, "malformed_json");
    assertRefused(await ada.post("/estimate", BODY, { authorization: "Bearer nobody" }), 401, "unauthorized");
    assertRefused(await ada.call("/estimate"), 405, "method_not_allowed");
    assert.equal(app.emulator.requests.length, asked);
  });

  const refusals: [word: string, status: number, code: string][] = [
    ["[refuse-402]", 502, "insufficient_balance"],
    ["[refuse-429]", 429, "provider_rate_limited"],
    ["[refuse-500]", 503, "provider_unavailable"],
    ["[refuse-html]", 503, "provider_unavailable"],
  ];
  for (const [prompt, status, code] of refusals) {
    test(`that the provider refuses with ${prompt} says so`, async () => {
      assertRefused(await ada.post("/estimate", { ...BODY, prompt }), status, code);
    });
  }

  test("needs the provider's key, and names the variable when it is not there", async () => {
    const other = await startApp({ vars: { MYNTH_API_KEY: null } });
    try {
      const answer = await (await other.as("ada")).post("/estimate", BODY);
      assertRefused(answer, 503, "not_configured");
      assert.match(answer.text, /MYNTH_API_KEY/);
    } finally {
      await other.close();
    }
  });
});
