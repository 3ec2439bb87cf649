/** Authentication: the issuer's tokens, and our own tickets for sockets. Keys are kept between requests. */

import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify, SignJWT } from "jose";
import { Refusal } from "./answers.ts";
import type { Env } from "./settings.ts";

const TICKET_LIFE_S = 3600;
const TICKET = { issuer: "taskwire", audience: "live" };

let keySet: { issuer: string; keys: JWTVerifyGetKey } | undefined;
let ticketKey: CryptoKey | undefined;

function keysOf(issuer: string): JWTVerifyGetKey {
  if (keySet?.issuer !== issuer) keySet = { issuer, keys: createRemoteJWKSet(new URL(`${issuer}/jwks`)) };
  return keySet.keys;
}

async function ticketKeyOf(env: Env): Promise<CryptoKey> {
  if (ticketKey) return ticketKey;
  const secret = new TextEncoder().encode(env.TASKWIRE_TOKEN_SECRET);
  const usages: KeyUsage[] = ["sign", "verify"];
  ticketKey = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, usages);
  return ticketKey;
}

const unauthorized = () => new Refusal(401, "unauthorized", "A valid token is required.");

/** The user of a bearer token. */
export async function userOf(request: Request, env: Env): Promise<string> {
  const [, token] = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (token === undefined) throw unauthorized();
  try {
    const { payload } = await jwtVerify(token, keysOf(env.AUTH_ISSUER), {
      issuer: env.AUTH_ISSUER,
      audience: env.AUTH_AUDIENCE,
      algorithms: ["RS256", "ES256"],
      requiredClaims: ["sub", "exp"],
    });
    return payload.sub as string;
  } catch {
    throw unauthorized();
  }
}

/** A ticket for one scope, such as `task:tsk_1` or `tasks`. */
export async function ticketFor(user: string, scope: string, env: Env): Promise<{ ticket: string; expiresAt: string }> {
  const expiresAt = Math.floor(Date.now() / 1000) + TICKET_LIFE_S;
  const ticket = await new SignJWT({ scope })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(TICKET.issuer)
    .setAudience(TICKET.audience)
    .setSubject(user)
    .setExpirationTime(expiresAt)
    .sign(await ticketKeyOf(env));
  return { ticket, expiresAt: new Date(expiresAt * 1000).toISOString() };
}

/** The user who may watch this, from the ticket among the offered protocols or from a bearer token. */
export async function watcherOf(request: Request, scope: string, env: Env): Promise<string> {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((each) => each.trim());
  const ticket = offered.find((each) => each.startsWith("ticket."))?.slice("ticket.".length);
  if (ticket === undefined) return userOf(request, env);
  try {
    const { payload } = await jwtVerify(ticket, await ticketKeyOf(env), { ...TICKET, algorithms: ["HS256"] });
    if (payload.scope === scope && payload.sub) return payload.sub;
  } catch {
    // Falls through: an invalid ticket is refused like one for another scope.
  }
  throw unauthorized();
}
