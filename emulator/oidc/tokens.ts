/** What the issuer says in a token, and how long it holds. */

import type { JWTPayload } from "jose";
import type { Grant } from "./codes.ts";
import { ALGORITHMS, type Algorithm, type KeyRing } from "./keys.ts";
import { LIKES, type Like, tokenLike } from "./likes.ts";

/** Who the access tokens are for: the Worker's `AUTH_AUDIENCE`. */
export const AUDIENCE = "taskwire";
/** The web app, a public client. */
export const CLIENT_ID = "taskwire-web";
export const TOKEN_LIFE_S = 3600;

/** Claims of a token made for a test: any claim may be set, and null leaves one out. */
export interface TokenRequest {
  sub?: string | null;
  alg?: Algorithm;
  /** Seconds from now; negative for one that has expired. */
  expiresIn?: number;
  /** What the header says; the key that signs is the real one. */
  kid?: string;
  /** As a provider of sign-in makes it by default: its algorithm, issuer and claims. */
  like?: Like;
  [claim: string]: unknown;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function person(sub: string): JWTPayload {
  const name = sub.charAt(0).toUpperCase() + sub.slice(1);
  return { name, preferred_username: sub };
}

export class TokenMint {
  readonly #keys: KeyRing;
  readonly #issuer: () => string;

  constructor(keys: KeyRing, issuer: () => string) {
    this.#keys = keys;
    this.#issuer = issuer;
  }

  #times(life = TOKEN_LIFE_S): { iat: number; exp: number } {
    const iat = nowSeconds();
    return { iat, exp: iat + life };
  }

  accessToken(grant: Grant): Promise<string> {
    const { sub, scope, clientId } = grant;
    return this.#keys.sign({ iss: this.#issuer(), sub, aud: AUDIENCE, client_id: clientId, scope, ...this.#times() });
  }

  idToken(grant: Grant, nonce: string | null): Promise<string> {
    const { sub, clientId } = grant;
    return this.#keys.sign({
      iss: this.#issuer(),
      sub,
      aud: clientId,
      ...person(sub),
      ...(nonce === null ? {} : { nonce }),
      ...this.#times(),
    });
  }

  userInfo(sub: string): JWTPayload {
    return { sub, ...person(sub) };
  }

  /** Any token a test needs. */
  async testToken(request: TokenRequest = {}): Promise<string> {
    const { alg = "RS256", expiresIn, kid, like, ...overrides } = request;
    if (like !== undefined) {
      if (!LIKES.includes(like)) throw new TypeError(`like must be one of ${LIKES.join(", ")}`);
      return tokenLike(this.#issuer(), like, this.#keys, overrides as JWTPayload);
    }
    if (!ALGORITHMS.includes(alg)) throw new TypeError(`alg must be one of ${ALGORITHMS.join(", ")}`);
    const usual = {
      iss: this.#issuer(),
      sub: "ada",
      aud: AUDIENCE,
      scope: "openid profile",
      ...this.#times(expiresIn),
    };
    const claims = Object.entries({ ...usual, ...overrides }).filter(
      ([, value]) => value !== null && value !== undefined,
    );
    return this.#keys.sign(Object.fromEntries(claims) as JWTPayload, alg, kid);
  }
}
