/**
 * Tokens and key sets as the providers of sign-in have them by default. Each has an issuer of its own under this server.
 */

import { createHmac } from "node:crypto";
import type { JWTPayload } from "jose";
import type { Reply, Route } from "../http.ts";
import type { Algorithm, KeyRing } from "./keys.ts";

const APP = "https://app.example";
const CLIENT = "client_01";

interface Kind {
  /** What comes after the provider's own address in `iss`. */
  issuer: string;
  alg: Algorithm | "HS256";
  /** Where the keys are, after the provider's own address. */
  keys: string;
  /** Without it, the keys are only found where they are. */
  isDiscovered: boolean;
  type?: string;
  claims: JWTPayload;
}

const RS256 = { alg: "RS256", isDiscovered: true } as const;

const KINDS = {
  auth0: {
    ...RS256,
    issuer: "/",
    keys: "/.well-known/jwks.json",
    claims: { aud: ["taskwire", "userinfo"], azp: CLIENT },
  },
  supabase: {
    ...RS256,
    alg: "ES256",
    issuer: "/auth/v1",
    keys: "/auth/v1/.well-known/jwks.json",
    claims: { aud: "authenticated", role: "authenticated", is_anonymous: false },
  },
  "supabase-legacy": {
    alg: "HS256",
    isDiscovered: false,
    issuer: "/auth/v1",
    keys: "/auth/v1/.well-known/jwks.json",
    claims: { aud: "authenticated", role: "authenticated" },
  },
  firebase: {
    ...RS256,
    issuer: "/project-1",
    keys: "/service_accounts/v1/jwk/securetoken",
    type: "application/json; charset=UTF-8",
    claims: { aud: "project-1", firebase: { sign_in_provider: "google.com" } },
  },
  "stack-auth": {
    alg: "ES256",
    isDiscovered: false,
    issuer: "/api/v1/projects/p1",
    keys: "/api/v1/projects/p1/.well-known/jwks.json",
    claims: { aud: "p1" },
  },
  convex: { ...RS256, issuer: "", keys: "/.well-known/jwks.json", claims: { aud: "convex" } },
  keycloak: {
    ...RS256,
    issuer: "/realms/app",
    keys: "/realms/app/protocol/openid-connect/certs",
    type: "application/json;charset=UTF-8",
    claims: { aud: "account", azp: "web", realm_access: { roles: ["offline_access"] } },
  },
  clerk: { ...RS256, issuer: "", keys: "/.well-known/jwks.json", claims: { azp: APP, sid: "sess_1" } },
  workos: {
    alg: "RS256",
    isDiscovered: false,
    issuer: `/user_management/${CLIENT}`,
    keys: `/sso/jwks/${CLIENT}`,
    // It names neither an audience nor a client: an app adds an audience by a template.
    claims: { sid: "session_1" },
  },
  cognito: {
    ...RS256,
    issuer: "/eu-central-1_pool",
    keys: "/eu-central-1_pool/.well-known/jwks.json",
    claims: { client_id: CLIENT, token_use: "access" },
  },
  kinde: { ...RS256, issuer: "", keys: "/.well-known/jwks", claims: { aud: [], azp: CLIENT } },
  "better-auth": {
    alg: "EdDSA",
    isDiscovered: false,
    issuer: "",
    keys: "/api/auth/jwks",
    // Its default audience is its own address.
    claims: { email: "ada@example.com" },
  },
  logto: {
    ...RS256,
    alg: "ES384",
    issuer: "/oidc",
    keys: "/oidc/jwks",
    type: "application/jwk-set+json; charset=utf-8",
    claims: { aud: "taskwire", client_id: CLIENT },
  },
  "cloudflare-access": {
    alg: "RS256",
    isDiscovered: false,
    issuer: "",
    keys: "/cdn-cgi/access/certs",
    claims: { aud: ["tag_1"], email: "ada@example.com", type: "app" },
  },
} satisfies Record<string, Kind>;

export type Like = keyof typeof KINDS;
export const LIKES = Object.keys(KINDS) as Like[];

const own = (url: string, like: Like) => `${url}/like/${like}`;
const kindOf = (like: Like): Kind => KINDS[like];

/** The provider's own address, the token's `iss`, and where its keys are: whether discovery tells that. */
export function addressesOf(url: string, like: Like) {
  const { issuer, keys, isDiscovered } = kindOf(like);
  return { own: own(url, like), issuer: own(url, like) + issuer, jwksUrl: own(url, like) + keys, isDiscovered };
}

/** A token as this provider makes it. Claims may be changed, and null leaves one out. */
export function tokenLike(url: string, like: Like, keys: KeyRing, changes: JWTPayload): Promise<string> | string {
  const { alg, claims } = kindOf(like);
  const iat = Math.floor(Date.now() / 1000);
  const usual = { iss: addressesOf(url, like).issuer, sub: "ada", iat, exp: iat + 3600, ...claims };
  const audience = like === "better-auth" ? { aud: own(url, like) } : {};
  const all = Object.entries({ ...usual, ...audience, ...changes }).filter(([, value]) => value !== null);
  const payload = Object.fromEntries(all) as JWTPayload;
  return alg === "HS256" ? shared(payload) : keys.sign(payload, alg);
}

/** Signed with a secret that the provider shares with its customer. */
function shared(payload: JWTPayload): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part(payload)}`;
  return `${text}.${createHmac("sha256", "a secret of the project").update(text).digest("base64url")}`;
}

/** The key set as the provider serves it: Keycloak has a key for encryption in it, too. */
function keySet(keys: KeyRing, like: Like): object {
  const { alg } = kindOf(like);
  const signing = keys.jwks().keys.filter((key) => key.alg === alg);
  const more = like === "keycloak" ? signing.map((key) => ({ ...key, kid: "enc-1", alg: "RSA-OAEP", use: "enc" })) : [];
  return { keys: [...more, ...signing] };
}

export function likeRoutes(keys: KeyRing, url: () => string): Route[] {
  return LIKES.flatMap((like): Route[] => {
    const { keys: path, isDiscovered, type = "application/json" } = kindOf(like);
    const set = (): Reply => ({
      status: 200,
      headers: { "content-type": type },
      body: JSON.stringify(keySet(keys, like)),
    });
    const routes: Route[] = [{ method: "GET", pattern: `/like/${like}${path}`, handle: set }];
    if (!isDiscovered) return routes;
    const base = new URL(addressesOf("http://x", like).issuer).pathname.replace(/\/$/, "");
    const discovery = (): Reply => {
      const { issuer, jwksUrl } = addressesOf(url(), like);
      return { status: 200, body: { issuer, jwks_uri: jwksUrl } };
    };
    return [...routes, { method: "GET", pattern: `${base}/.well-known/openid-configuration`, handle: discovery }];
  });
}
