/** The settings of sign-in are read once for each `env`, and never serve another one in the same isolate. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEmulator } from "../../emulator/emulator.ts";
import { assertRefused, call } from "./support/api.ts";
import { addressOf, migrate, modulesOf, run, variables } from "./support/deployment.ts";

const KEY = "twk_0123456789abcdef0123456789abcdef";

/** The Worker with the settings that a request asks for. An `env` stays the same object, as the runtime's does. */
const MAIN = `
import * as app from "./index.js";
export * from "./index.js";
const envs = new Map();
export default {
  fetch(request, env, ctx) {
    const changes = request.headers.get("x-env") ?? "{}";
    if (!envs.has(changes)) envs.set(changes, { ...env, ...JSON.parse(changes) });
    return new app.default(ctx, envs.get(changes)).fetch(request);
  },
};
`;

const emulator = await startEmulator({ port: 0, webhookUrl: "" });
const modules = { "main.js": { type: "esm" as const, contents: MAIN }, ...modulesOf("build") };
const worker = run(modules, { vars: variables(emulator.url) });
const base = await addressOf(worker);
await migrate(worker);
after(async () => {
  await worker.dispose();
  await emulator.close();
});

test("whoever calls is checked by the settings of now, however often they change", { timeout: 60_000 }, async () => {
  const keys = JSON.stringify([{ name: "backend", key: KEY, scopes: ["read"] }]);
  const asUser = { authorization: `Bearer ${await emulator.token()}` };
  const asServer = { authorization: `Bearer ${KEY}`, "taskwire-user": "ada" };
  const ask = (headers: Record<string, string>, changes: object) =>
    call(`${base}/tasks`, { headers: { ...headers, "x-env": JSON.stringify(changes) } });
  for (let round = 0; round < 3; round++) {
    for (let again = 0; again < 2; again++) {
      assert.equal((await ask(asUser, {})).status, 200);
      assertRefused(await ask(asServer, {}), 401, "unauthorized");
    }
    assertRefused(await ask(asUser, { AUTH_AUDIENCE: "other" }), 401, "unauthorized");
    assertRefused(await ask(asUser, { AUTH_REQUIRED_CLAIMS: '{"role":"staff"}' }), 403, "forbidden");
    assertRefused(await ask(asUser, { AUTH_PROVIDERS: "[" }), 503, "not_configured");
    assert.equal((await ask(asServer, { TASKWIRE_SERVER_KEYS: keys })).status, 200);
    assertRefused(await ask(asServer, { TASKWIRE_SERVER_KEYS: "[" }), 503, "not_configured");
  }
});
