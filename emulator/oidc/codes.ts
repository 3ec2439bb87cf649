/** Authorization codes and refresh tokens: each is good once. No HTTP, no signing. */

import { createHash, randomBytes } from "node:crypto";
import { dropOldest } from "../bounded.ts";

/** Long enough for a redirect, short enough that a leaked one is worthless. */
const CODE_LIFE_MS = 60_000;
const KEPT = 1000;

/** Who signed in, to which client, for what. */
export interface Grant {
  sub: string;
  clientId: string;
  scope: string;
}

export interface CodeGrant extends Grant {
  redirectUri: string;
  challenge: string;
  nonce: string | null;
}

/** RFC 7636, S256. */
function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier, "ascii").digest("base64url");
}

class Once<T> {
  readonly #values = new Map<string, T>();

  put(value: T): string {
    const key = randomBytes(24).toString("base64url");
    this.#values.set(key, value);
    dropOldest(this.#values, KEPT);
    return key;
  }

  take(key: string): T | undefined {
    const value = this.#values.get(key);
    this.#values.delete(key);
    return value;
  }
}

export class GrantStore {
  readonly #codes = new Once<CodeGrant & { expiresAt: number }>();
  readonly #refreshTokens = new Once<Grant>();

  issueCode(grant: CodeGrant, now = Date.now()): string {
    return this.#codes.put({ ...grant, expiresAt: now + CODE_LIFE_MS });
  }

  /** The grant, or the reason there is none. A code that was tried is used up, right or wrong. */
  redeemCode(
    code: string,
    given: { clientId: string; redirectUri: string; verifier: string },
    now = Date.now(),
  ): CodeGrant | string {
    const grant = this.#codes.take(code);
    if (!grant || now > grant.expiresAt) return "The code is unknown, used or expired.";
    if (grant.clientId !== given.clientId) return "The code was issued to another client.";
    if (grant.redirectUri !== given.redirectUri) return "redirect_uri is not the one the code was issued for.";
    if (challengeOf(given.verifier) !== grant.challenge) return "code_verifier does not match the challenge.";
    return grant;
  }

  issueRefreshToken(grant: Grant): string {
    return this.#refreshTokens.put(grant);
  }

  redeemRefreshToken(token: string): Grant | undefined {
    return this.#refreshTokens.take(token);
  }
}
