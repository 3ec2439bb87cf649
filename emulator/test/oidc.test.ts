import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import type { Emulator } from "../emulator.ts";
import { type Parsed, start } from "./receiver.ts";

const REDIRECT = "http://127.0.0.1:8787/callback";
const VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

const ASKED = {
  response_type: "code",
  client_id: "taskwire-web",
  redirect_uri: REDIRECT,
  scope: "openid profile",
  state: "state-1",
  nonce: "nonce-1",
  code_challenge: CHALLENGE,
  code_challenge_method: "S256",
};

function authorize(emulator: Emulator, changes: Record<string, string> = {}) {
  return fetch(`${emulator.url}/authorize?${new URLSearchParams({ ...ASKED, ...changes })}`, { redirect: "manual" });
}

/** Submits the sign-in form as the page would, and gives where it leads. */
async function signIn(emulator: Emulator, changes: Record<string, string> = {}): Promise<URL> {
  const body = new URLSearchParams({ ...ASKED, name: "ada", ...changes });
  const response = await fetch(`${emulator.url}/authorize`, { method: "POST", body, redirect: "manual" });
  assert.equal(response.status, 302, await response.text());
  return new URL(response.headers.get("location") ?? "");
}

async function redeem(emulator: Emulator, fields: Record<string, string>) {
  const response = await fetch(`${emulator.url}/token`, { method: "POST", body: new URLSearchParams(fields) });
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  return { status: response.status, body: (await response.json()) as Parsed };
}

function codeFields(code: string | null, changes: Record<string, string> = {}) {
  return {
    grant_type: "authorization_code",
    client_id: "taskwire-web",
    redirect_uri: REDIRECT,
    code: code ?? "",
    code_verifier: VERIFIER,
    ...changes,
  };
}

function jwks(emulator: Emulator) {
  return createRemoteJWKSet(new URL(`${emulator.url}/jwks`));
}

test("a person signs in with code and PKCE, and gets tokens that verify against the published keys", async (t) => {
  const emulator = await start(t);
  const page = await (await authorize(emulator)).text();
  assert.match(page, /id="sign-in"/);
  assert.match(page, /name="name" value="ada"/);
  assert.match(page, /name="state" value="state-1"/);

  const back = await signIn(emulator);
  assert.equal(back.origin + back.pathname, REDIRECT);
  assert.equal(back.searchParams.get("state"), "state-1");
  const { status, body } = await redeem(emulator, codeFields(back.searchParams.get("code")));
  assert.equal(status, 200);

  const access = await jwtVerify(body.access_token, jwks(emulator), { issuer: emulator.url, audience: "taskwire" });
  assert.equal(access.protectedHeader.alg, "RS256");
  assert.equal(access.payload.sub, "ada");
  assert.equal(access.payload.scope, "openid profile");
  assert.equal(Number(access.payload.exp) - Number(access.payload.iat), 3600);
  const identity = await jwtVerify(body.id_token, jwks(emulator), { issuer: emulator.url, audience: "taskwire-web" });
  assert.equal(identity.payload.nonce, "nonce-1");

  const info = await fetch(`${emulator.url}/userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } });
  assert.deepEqual(await info.json(), { sub: "ada", name: "Ada", preferred_username: "ada" });

  const renewed = await redeem(emulator, { grant_type: "refresh_token", refresh_token: body.refresh_token });
  assert.equal(decodeJwt(renewed.body.access_token).sub, "ada");
  const again = await redeem(emulator, { grant_type: "refresh_token", refresh_token: body.refresh_token });
  assert.deepEqual([again.status, again.body.error], [400, "invalid_grant"]);
});

test("a wrong verifier is refused and uses the code up", async (t) => {
  const emulator = await start(t);
  const code = (await signIn(emulator)).searchParams.get("code");
  const wrong = await redeem(emulator, codeFields(code, { code_verifier: `${VERIFIER}x` }));
  assert.deepEqual([wrong.status, wrong.body.error], [400, "invalid_grant"]);
  const late = await redeem(emulator, codeFields(code));
  assert.deepEqual([late.status, late.body.error], [400, "invalid_grant"]);
});

test("a code is good once, for its own client and redirect", async (t) => {
  const emulator = await start(t);
  const code = async () => (await signIn(emulator)).searchParams.get("code");
  const used = await code();
  assert.equal((await redeem(emulator, codeFields(used))).status, 200);
  assert.equal((await redeem(emulator, codeFields(used))).status, 400);
  assert.equal((await redeem(emulator, codeFields(await code(), { client_id: "other" }))).status, 400);
  assert.equal((await redeem(emulator, codeFields(await code(), { redirect_uri: `${REDIRECT}2` }))).status, 400);
});

test("a redirect to a foreign origin is never followed, asked for or posted", async (t) => {
  const emulator = await start(t);
  for (const redirect_uri of [
    "http://evil.example/callback",
    "http://127.0.0.1:8787.evil.example/",
    "javascript:alert(1)",
    "",
  ]) {
    const shown = await authorize(emulator, { redirect_uri });
    assert.equal(shown.status, 400, redirect_uri);
    const body = new URLSearchParams({ ...ASKED, redirect_uri, name: "ada" });
    const posted = await fetch(`${emulator.url}/authorize`, { method: "POST", body, redirect: "manual" });
    assert.equal(posted.status, 400, redirect_uri);
  }
});

test("anything but code with S256 goes back to the client as an error with its state", async (t) => {
  const emulator = await start(t);
  const cases: [Record<string, string>, string][] = [
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ code_challenge: "" }, "invalid_request"],
    [{ prompt: "none" }, "login_required"],
  ];
  for (const [changes, error] of cases) {
    const response = await authorize(emulator, changes);
    const back = new URL(response.headers.get("location") ?? "");
    assert.deepEqual([back.searchParams.get("error"), back.searchParams.get("state")], [error, "state-1"]);
  }
});

test("the second button signs in another user", async (t) => {
  const emulator = await start(t);
  const code = (await signIn(emulator, { as: "grace" })).searchParams.get("code");
  const { body } = await redeem(emulator, codeFields(code));
  assert.equal(decodeJwt(body.access_token).sub, "grace");
});

test("discovery names this issuer's own endpoints, and browsers may read them", async (t) => {
  const emulator = await start(t);
  const response = await fetch(`${emulator.url}/.well-known/openid-configuration`);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  const document = (await response.json()) as Parsed;
  assert.equal(document.issuer, emulator.url);
  for (const name of [
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "end_session_endpoint",
  ]) {
    assert.equal(new URL(document[name]).origin, emulator.url);
  }
  const preflight = await fetch(`${emulator.url}/userinfo`, { method: "OPTIONS" });
  assert.equal(preflight.status, 204);
  assert.match(String(preflight.headers.get("access-control-allow-headers")), /authorization/);
});

test("test tokens take any claim, either algorithm, and any kid", async (t) => {
  const emulator = await start(t);
  const response = await fetch(`${emulator.url}/test/token`, {
    method: "POST",
    body: JSON.stringify({
      sub: "grace",
      alg: "ES256",
      expiresIn: -60,
      aud: "other",
      email: "g@example.com",
      scope: null,
    }),
  });
  const { token } = (await response.json()) as Parsed;
  const claims = decodeJwt(token);
  assert.deepEqual(
    [claims.sub, claims.aud, claims.email, claims.scope],
    ["grace", "other", "g@example.com", undefined],
  );
  assert.equal(Number(claims.exp) - Number(claims.iat), -60);
  const good = await emulator.token({ alg: "ES256" });
  assert.equal((await jwtVerify(good, jwks(emulator), { audience: "taskwire" })).protectedHeader.alg, "ES256");
  assert.equal(decodeProtectedHeader(await emulator.token({ kid: "odd" })).kid, "odd");
  const bad = await fetch(`${emulator.url}/test/token`, { method: "POST", body: '{"alg":"none"}' });
  assert.equal(bad.status, 400);
});

test("rotating the keys drops the old ones", async (t) => {
  const emulator = await start(t);
  const before = await emulator.token();
  await fetch(`${emulator.url}/test/rotate-keys`, { method: "POST" });
  await assert.rejects(jwtVerify(before, jwks(emulator)), { code: "ERR_JWKS_NO_MATCHING_KEY" });
  await jwtVerify(await emulator.token(), jwks(emulator));
});

test("signing out returns to a known client only", async (t) => {
  const emulator = await start(t);
  const leave = (to: string) =>
    fetch(`${emulator.url}/end-session?${new URLSearchParams({ post_logout_redirect_uri: to, state: "s" })}`, {
      redirect: "manual",
    });
  assert.equal((await leave("http://localhost:8787/")).headers.get("location"), "http://localhost:8787/?state=s");
  assert.equal((await leave("http://evil.example/")).status, 200);
});
