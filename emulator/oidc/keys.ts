/** The issuer's signing keys: one of each algorithm, kept in memory only. */

import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from "jose";

export const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"] as const;
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

/** RSA keys take a second to make: what one process signs with RSA, it signs with one pair. */
async function makeKeys(): Promise<Record<Algorithm, Key>> {
  const rsa = await makeKey("RS256");
  const { privateKey, publicJwk } = rsa;
  const jwk = await exportJWK(privateKey);
  const others = await Promise.all(
    ALGORITHMS.map(async (alg): Promise<[Algorithm, Key]> => {
      if (alg === "RS256") return [alg, rsa];
      if (!alg.startsWith("RS") && !alg.startsWith("PS")) return [alg, await makeKey(alg)];
      const kid = `${alg.toLowerCase()}-${randomUUID().slice(0, 8)}`;
      const key = (await importJWK(jwk, alg)) as CryptoKey;
      return [alg, { kid, privateKey: key, publicJwk: { ...publicJwk, kid, alg } }];
    }),
  );
  return Object.fromEntries(others) as Record<Algorithm, Key>;
}

export class KeyRing {
  #keys: Record<Algorithm, Key>;

  private constructor(keys: Record<Algorithm, Key>) {
    this.#keys = keys;
  }

  static async make(): Promise<KeyRing> {
    return new KeyRing(await makeKeys());
  }

  /** New keys with new ids; the old ones are gone, and what they signed no longer verifies. */
  async rotate(): Promise<void> {
    this.#keys = await makeKeys();
  }

  jwks(): { keys: JWK[] } {
    return { keys: ALGORITHMS.map((alg) => this.#keys[alg].publicJwk) };
  }

  /** `kid` changes what the header says, never which key signs. */
  sign(claims: JWTPayload, alg: Algorithm = "RS256", kid = this.#keys[alg].kid): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg, kid, typ: "JWT" }).sign(this.#keys[alg].privateKey);
  }
}
