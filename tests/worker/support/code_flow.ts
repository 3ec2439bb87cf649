/** The authorization code flow with PKCE, as a browser goes through it: redirects, cookies, and forms that are filled in. */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";

export interface Tokens {
  id_token: string;
  access_token: string;
}

export interface CodeFlow {
  issuer: string;
  clientId: string;
  redirectUri: string;
  /** What is typed into the forms, by the names of their fields. */
  typed: Record<string, string>;
  /** An API that the access token is to be for. */
  resource?: string;
}

const STEPS = 20;

export async function signInWithCode({ issuer, clientId, redirectUri, typed, resource }: CodeFlow): Promise<Tokens> {
  const found = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  const [verifier, state] = [randomBytes(32).toString("base64url"), randomBytes(16).toString("base64url")];
  const common = { client_id: clientId, redirect_uri: redirectUri, ...(resource ? { resource } : {}) };
  const question = new URLSearchParams({
    ...common,
    response_type: "code",
    scope: "openid",
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const back = await walk(`${found.authorization_endpoint}?${question}`, redirectUri, typed);
  assert.equal(back.searchParams.get("state"), state, back.href);
  const body = new URLSearchParams({
    ...common,
    grant_type: "authorization_code",
    code: back.searchParams.get("code") ?? "",
    code_verifier: verifier,
  });
  const answer = await fetch(found.token_endpoint, { method: "POST", body });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

/** From page to page, until the app's own address comes. */
async function walk(start: string, end: string, typed: Record<string, string>): Promise<URL> {
  const cookies = new Map<string, string>();
  let next: { url: string; form?: URLSearchParams } = { url: start };
  for (let step = 0; step < STEPS; step++) {
    const { url, form } = next;
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const init = form ? { method: "POST", body: form } : {};
    const response = await fetch(url, { ...init, redirect: "manual", headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location?.startsWith(end)) return new URL(location);
    next = location ? { url: new URL(location, url).href } : filledIn(await response.text(), url, typed);
  }
  throw new Error(`the sign-in did not end within ${STEPS} steps`);
}

/** The first form of a page, with what it carries itself and what a person types. */
function filledIn(html: string, page: string, typed: Record<string, string>): { url: string; form: URLSearchParams } {
  const [, action] = /<form[^>]*action="([^"]+)"/.exec(html) ?? [];
  assert.ok(action, `a page without a form: ${html.slice(0, 500)}`);
  const form = new URLSearchParams();
  for (const [field] of html.matchAll(/<input[^>]*>/g)) {
    const [, name = ""] = /name="([^"]+)"/.exec(field) ?? [];
    form.set(name, typed[name] ?? /value="([^"]*)"/.exec(field)?.[1] ?? "");
  }
  return { url: new URL(action, page).href, form };
}
