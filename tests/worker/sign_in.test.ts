/** The tokens that people have: of any algorithm, for an audience or a party, of one issuer or several. */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startEmulator, type TokenRequest } from "../../emulator/emulator.ts";
import { ALGORITHMS } from "../../emulator/oidc/keys.ts";
import { Api, assertRefused, call } from "./support/api.ts";
import { startApp } from "./support/app.ts";

const timeout = 180_000;
const other = await startEmulator({ port: 0, webhookUrl: "" });
after(() => other.close());

/** The user whose task it becomes. */
async function userOf(base: string, token: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await call(`${base}/generate`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    body: JSON.stringify({ prompt: "a fox", model: "m/x", count: 1 }),
  });
  assert.equal(answer.status, 201, answer.text);
  return answer.body.task.userId;
}

async function started(t: { after(done: () => unknown): void }, vars: Parameters<typeof startApp>[0] = {}) {
  const app = await startApp(vars);
  t.after(() => app.close());
  return { app, mint: (request: TokenRequest = {}) => app.emulator.token(request) };
}

describe("sign-in", { timeout, concurrency: 2 }, () => {
  test("takes a token of each algorithm, and no key for another's", async (t) => {
    const { app, mint } = await started(t);
    for (const alg of ALGORITHMS) assert.equal(await userOf(app.base, await mint({ sub: alg, alg })), alg);
    const { keys } = (await call(`${app.emulator.url}/jwks`)).body;
    // The same RSA key is there for RS256 and for RS384, under two ids.
    const rs384 = keys.find(({ alg }: { alg: string }) => alg === "RS384").kid;
    const crossed = await new Api(app.base, await mint({ alg: "RS256", kid: rs384 })).call("/tasks");
    assertRefused(crossed, 401, "unauthorized");
  });

  test("goes by the party where a token names no audience, and says which claim was wrong", async (t) => {
    const { app, mint } = await started(t, { vars: { AUTH_AUDIENCE: null, AUTH_PARTIES: "https://app.example, cli" } });
    assert.equal(await userOf(app.base, await mint({ aud: null, azp: "https://app.example" })), "ada");
    assert.equal(await userOf(app.base, await mint({ aud: null, client_id: "cli" })), "ada");
    const refused = await new Api(app.base, await mint({ aud: null, azp: "https://evil.example" })).call("/tasks");
    assertRefused(refused, 401, "unauthorized");
    const said = `The token's azp is "https://evil.example". It must be one of "https://app.example", "cli".`;
    assert.equal(refused.body.error.message, said);
  });

  test("needs what it asks of a claim, and takes a missing one for false", async (t) => {
    const vars = { AUTH_REQUIRED_CLAIMS: '{"is_anonymous":false,"role":["staff","admin"]}' };
    const { app, mint } = await started(t, { vars });
    assert.equal(await userOf(app.base, await mint({ role: "admin" })), "ada");
    for (const claims of [{ role: "admin", is_anonymous: true }, { role: "guest" }, {}]) {
      assertRefused(await new Api(app.base, await mint(claims)).call("/tasks"), 403, "forbidden");
    }
  });

  test("takes the user from another claim, and the token from another header", async (t) => {
    const vars = { AUTH_SUBJECT_CLAIM: "email", AUTH_TOKEN_HEADER: "Cf-Access-Jwt-Assertion" };
    const { app, mint } = await started(t, { vars });
    const token = await mint({ email: "ada@example.com" });
    assert.equal(await userOf(app.base, "", { "cf-access-jwt-assertion": token }), "ada@example.com");
    assert.equal(await userOf(app.base, token), "ada@example.com");
    assertRefused(await new Api(app.base, await mint()).call("/tasks"), 401, "unauthorized");
  });

  test("asks nobody for keys that are a setting", async (t) => {
    const jwks = (await call(`${other.url}/jwks`)).text;
    const { app } = await started(t, { vars: { AUTH_ISSUER: "https://id.example", AUTH_JWKS: jwks } });
    assert.equal(await userOf(app.base, await other.token({ iss: "https://id.example", sub: "grace" })), "grace");
    assert.ok(!app.emulator.requests.some(({ path }) => path === "/jwks"));
  });

  test("keeps the users of several issuers apart", async (t) => {
    const providers = [{ issuer: other.url, audience: ["taskwire"], prefix: "staff|" }];
    const { app, mint } = await started(t, { vars: { AUTH_PROVIDERS: JSON.stringify(providers) } });
    assert.equal(await userOf(app.base, await mint()), "ada");
    assert.equal(await userOf(app.base, await other.token()), "staff|ada");
    const disguised = await new Api(app.base, await mint({ sub: "staff|ada" })).call("/tasks");
    assertRefused(disguised, 401, "unauthorized");
    const stranger = await new Api(app.base, await mint({ iss: "https://id.example" })).call("/tasks");
    assertRefused(stranger, 401, "unauthorized");
    assert.match(stranger.body.error.message, /iss is "https:\/\/id\.example"\. It must be one of/);
  });

  test("tells the page to send its ID token where access tokens are opaque, and takes it", async (t) => {
    const vars = { AUTH_AUDIENCE: "taskwire-web", AUTH_PAGE_TOKEN: "id_token" };
    const { app, mint } = await started(t, { vars });
    assert.equal((await call(`${app.base}/config.json`)).body.pageToken, "id_token");
    assert.equal(await userOf(app.base, await mint({ aud: "taskwire-web" })), "ada");
  });
});
