/** `GET /models` passed every call to the provider, with our key: a minute's calls are one. */

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { Api, assertRefused, call } from "./support/api.ts";
import { startProxied } from "./support/proxied.ts";

const MINUTE_MS = 60_000;

async function start(t: TestContext) {
  const { app, proxy: provider } = await startProxied({ shim: true });
  t.after(async () => {
    await app.close();
    await provider.close();
  });
  return { app, provider, ada: await app.as("ada"), asked: () => provider.requests.length };
}

describe("the list of models", { timeout: 60_000, concurrency: 2 }, () => {
  test("was asked for at the provider by every call", async (t) => {
    const { app, ada, asked } = await start(t);
    const eve = await app.as("eve");
    const together = await Promise.all(Array.from({ length: 40 }, () => ada.call("/models")));
    for (let i = 0; i < 10; i++) together.push(await eve.call("/models"));
    const [first] = together;
    assert.ok(first && first.body.models.length > 0);
    for (const { status, text } of together) assert.deepEqual([status, text], [200, first.text]);
    assert.equal(asked(), 1);
  });

  test("is a new one after a minute", async (t) => {
    const { app, provider, asked } = await start(t);
    const ada = new Api(app.base, await app.emulator.token({ sub: "ada", expiresIn: 3600 }));
    const [before] = (await ada.call("/models")).body.models;
    provider.instead = () => ({ status: 200, body: JSON.stringify({ data: [] }) });
    await app.putClockForward(MINUTE_MS - 5000);
    assert.deepEqual((await ada.call("/models")).body.models[0], before);
    assert.equal(asked(), 1);
    await app.putClockForward(MINUTE_MS);
    await ada.call("/models");
    assert.equal(asked(), 2);
  });

  test("is asked for again after a failure, which is everybody's own", async (t) => {
    const { provider, ada, asked } = await start(t);
    provider.instead = () => ({ status: 500 });
    assertRefused(await ada.call("/models"), 503, "provider_unavailable");
    assertRefused(await ada.call("/models"), 503, "provider_unavailable");
    assert.equal(asked(), 2);
    provider.instead = () => undefined;
    assert.equal((await ada.call("/models")).status, 200);
    assert.equal(asked(), 3);
  });

  test("is for those who are signed in, also when it is remembered", async (t) => {
    const { app, ada } = await start(t);
    assert.equal((await ada.call("/models")).status, 200);
    assertRefused(await call(`${app.base}/models`), 401, "unauthorized");
    const headers = { authorization: "Bearer nobody" };
    assertRefused(await call(`${app.base}/models`, { headers }), 401, "unauthorized");
  });
});
