/** Every answer to webhooks that have a token in their URL instead of a signature. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, assertRefused } from "../support/api.ts";
import type { Instead } from "../support/proxy.ts";
import { PROVIDER_REFUSALS } from "../support/samples.ts";
import { completedBody } from "../support/signatures.ts";
import { contract, EARLY_LIMIT, request, timeout } from "./deployed.ts";

describe("a webhook of a single request is answered as described:", { timeout }, () => {
  const NAME = "POST /webhooks/mynth/{token}";

  /** Sends it while its start is under way, and the provider is asked whether it is the one: the last answer. */
  async function during(
    instead: Instead | "hang" | undefined,
    write: (id: string) => string[] = (id) => [completedBody(id)],
  ): Promise<Answer> {
    const user = await request.app.as("ada");
    request.proxy.instead = (method, path) => (method === "GET" && path !== "/tasks?limit=100" ? instead : undefined);
    let answer: Answer | undefined;
    request.app.emulator.options.onCreate = async ({ id, sent: { webhook } }: any) => {
      const token = new URL(webhook.custom[0].url).pathname.split("/").at(-1) ?? "";
      for (const body of write(id)) answer = await contract.ask(request.app.base, NAME, { id: token, body });
    };
    const started = await user.start().catch((error) => error);
    assert.ok(answer, `nothing was sent: ${started}`);
    return answer;
  }

  test("taken", async () => {
    assert.equal((await during(undefined)).status, 200);
  });

  test("too large, or without sense", async () => {
    assertRefused(await during(undefined, () => ["x".repeat(1024 * 1024 + 1)]), 413, "payload_too_large");
    assertRefused(await during(undefined, () => ["{}"]), 400, "malformed_event");
  });

  test("too many before the start is through", async () => {
    const many = (id: string) =>
      Array.from({ length: EARLY_LIMIT + 1 }, (_, i) => completedBody(id, [{ status: "success", id: `img_${i}` }]));
    assertRefused(await during(undefined, many), 503, "unavailable");
  });

  for (const [code, instead] of Object.entries({ ...PROVIDER_REFUSALS, validation_error: { status: 400 } })) {
    test(`${code}, when the provider is asked about it`, async () => {
      assert.equal((await during(instead)).body.error.code, code);
    });
  }
});
