/** Whether the issuer and its keys can be reached, and what the Worker says of a token. */

import { isObject, type Json } from "../../../emulator/json.ts";
import { whyNoAnswer } from "../errors.ts";
import { type Check, fail, type Got, get, ok, refusalIn, warn } from "./check.ts";

const DISCOVERY = "/.well-known/openid-configuration";
const BY_SETTING =
  "That is as it should be if AUTH_JWKS or AUTH_JWKS_URL is set. Otherwise set AUTH_ISSUER to an OIDC issuer.";

/** The issuer of the deployment, by its own word. */
export async function issuerOf(base: string): Promise<{ issuer?: string; check?: Check }> {
  const got = await get(`${base}/config.json`);
  const issuer = isObject(got.body) ? got.body.issuer : undefined;
  if (got.status === 200 && typeof issuer === "string") return { issuer };
  return { check: fail("issuer", refusalIn(got).message, "Set AUTH_ISSUER, or name the issuer with --issuer.") };
}

async function keysCheck(address: string): Promise<Check> {
  try {
    const { status, body } = await get(address);
    const keys = isObject(body) && Array.isArray(body.keys) ? body.keys : [];
    if (status === 200 && keys.length > 0) return ok("keys", `${address} has ${keys.length}`);
    return fail("keys", `${address} has answered ${status} with no keys`, "Ask whoever runs the issuer.");
  } catch (error) {
    return fail("keys", `${address} cannot be reached (${whyNoAnswer(error)})`, "Check jwks_uri of the issuer.");
  }
}

export async function issuerChecks(issuer: string): Promise<Check[]> {
  const address = issuer.replace(/\/$/, "") + DISCOVERY;
  if (!URL.canParse(address))
    return [fail("issuer", `${issuer} is no address`, "Set AUTH_ISSUER to the iss of your tokens.")];
  let got: Got;
  try {
    got = await get(address);
  } catch (error) {
    const said = `${address} cannot be reached (${whyNoAnswer(error)})`;
    return [fail("issuer", said, "Check AUTH_ISSUER, and that the issuer can be reached from everywhere.")];
  }
  const { issuer: named, jwks_uri: keys } = (isObject(got.body) ? got.body : {}) as Json;
  if (got.status !== 200 || typeof keys !== "string" || !URL.canParse(keys))
    return [warn("issuer", `${address} has answered ${got.status}, and names no keys`, BY_SETTING)];
  if (named !== issuer)
    return [
      fail(
        "issuer",
        `${issuer} calls itself ${String(named)}`,
        `Set AUTH_ISSUER to ${String(named)}, exactly as it is.`,
      ),
      await keysCheck(keys),
    ];
  return [ok("issuer", issuer), await keysCheck(keys)];
}

/** What a token says of itself. Nothing is verified. */
export function claimsOf(token: string): Json | undefined {
  const [, payload, signature] = token.split(".");
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

const timeOf = (seconds: unknown) => (typeof seconds === "number" ? new Date(seconds * 1000).toISOString() : undefined);

/** The claims that decide, in a line. */
export function told(claims: Json): string {
  const { iss, aud, azp, sub, exp } = claims;
  const pairs = Object.entries({ iss, aud, azp, sub, exp: timeOf(exp) ?? exp });
  const given = pairs.filter(([, value]) => value !== undefined);
  return given
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

export async function tokenChecks(
  base: string,
  token: string,
  issuer: string | undefined,
  now = Date.now(),
): Promise<Check[]> {
  const claims = claimsOf(token);
  if (!claims)
    return [
      fail(
        "token",
        "it is no JWT",
        "Give the access token, or the ID token where the issuer's access tokens are opaque.",
      ),
    ];
  const checks: Check[] = [ok("claims", told(claims))];
  const { iss, exp } = claims;
  if (typeof exp === "number" && exp * 1000 < now)
    checks.push(fail("claims", `it was good until ${timeOf(exp)}`, "Get a fresh one: sign in again."));
  if (issuer !== undefined && iss !== issuer)
    checks.push(
      warn("claims", `iss is not the issuer of the deployment, ${issuer}`, "Good if AUTH_PROVIDERS lists it."),
    );
  const got = await get(`${base}/tasks?limit=1`, { authorization: `Bearer ${token}` });
  if (got.status === 200) return [...checks, ok("token", "the deployment accepts it")];
  const { message } = refusalIn(got);
  const remedy = {
    401: "Make AUTH_ISSUER, AUTH_AUDIENCE or AUTH_PARTIES agree with the token: see docs/sign-in.md.",
    403: "The token lacks what AUTH_REQUIRED_CLAIMS asks for.",
  }[got.status];
  return [...checks, fail("token", message, remedy ?? "See its logs: npx wrangler tail")];
}
