/** The issuer's signing keys: one RS256, one ES256, made at start and kept in memory only. */

import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

export const ALGORITHMS = ["RS256", "ES256"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

interface Key {
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

async function makeKey(alg: Algorithm): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `${alg.toLowerCase()}-${randomUUID().slice(0, 8)}`;
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

async function makePair(): Promise<Record<Algorithm, Key>> {
  const [RS256, ES256] = await Promise.all([makeKey("RS256"), makeKey("ES256")]);
  return { RS256, ES256 };
}

export class KeyRing {
  #keys: Record<Algorithm, Key>;

  private constructor(keys: Record<Algorithm, Key>) {
    this.#keys = keys;
  }

  static async make(): Promise<KeyRing> {
    return new KeyRing(await makePair());
  }

  /** New keys with new ids; the old ones are gone, and what they signed no longer verifies. */
  async rotate(): Promise<void> {
    this.#keys = await makePair();
  }

  jwks(): { keys: JWK[] } {
    return { keys: ALGORITHMS.map((alg) => this.#keys[alg].publicJwk) };
  }

  /** `kid` changes what the header says, never which key signs. */
  sign(claims: JWTPayload, alg: Algorithm = "RS256", kid = this.#keys[alg].kid): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg, kid, typ: "JWT" }).sign(this.#keys[alg].privateKey);
  }
}
