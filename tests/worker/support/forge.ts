/** Tokens as a forger makes them: any header, any claims, any signature; and keys of every kind. */

import {
  constants,
  sign as cryptoSign,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from "node:crypto";

export const ALGS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"] as const;
export type Alg = (typeof ALGS)[number];

export interface Signer {
  kid: string;
  alg: Alg;
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** As it is in the key set. */
  jwk: Record<string, unknown>;
}

const CURVES = { ES256: "P-256", ES384: "P-384", ES512: "P-521" } as const;

export function pairFor(alg: Alg, modulusLength = 2048): KeyPairKeyObjectResult {
  if (alg === "EdDSA") return generateKeyPairSync("ed25519");
  if (alg === "ES256" || alg === "ES384" || alg === "ES512") {
    return generateKeyPairSync("ec", { namedCurve: CURVES[alg] });
  }
  return generateKeyPairSync("rsa", { modulusLength });
}

export function signer(alg: Alg, kid: string, more: object = {}, pair = pairFor(alg)): Signer {
  return { kid, alg, ...pair, jwk: { ...pair.publicKey.export({ format: "jwk" }), kid, alg, ...more } };
}

/** The signature as the algorithm has it (RFC 7518). */
export function signatureOf(alg: Alg, key: KeyObject, text: string): Buffer {
  const data = Buffer.from(text);
  const hash = `sha${alg.slice(2)}`;
  if (alg === "EdDSA") return cryptoSign(null, data, key);
  if (alg === "PS256") {
    return cryptoSign(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  }
  return cryptoSign(hash, data, { key, dsaEncoding: "ieee-p1363" });
}

/** A part of a token. Text is taken as it is. */
export const part = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token of these two parts, which are not encoded any more, with a good signature. */
export function signed(header: string, payload: string, by: Signer, alg = by.alg): string {
  const text = `${header}.${payload}`;
  return `${text}.${signatureOf(alg, by.privateKey, text).toString("base64url")}`;
}

/** The same with another last character, of the same bytes: the bits after them are not zero. */
export function withSpareBits(encoded: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const other = letters[letters.indexOf(encoded.at(-1) ?? "") + 1];
  const changed = encoded.slice(0, -1) + other;
  if (!Buffer.from(changed, "base64url").equals(Buffer.from(encoded, "base64url"))) throw new Error("no bits to spare");
  return changed;
}

/** Each way to write a word in capitals and small letters. */
export function casesOf(word: string): string[] {
  return Array.from({ length: 2 ** word.length }, (_, bits) =>
    [...word].map((letter, i) => (bits & (1 << i) ? letter.toUpperCase() : letter.toLowerCase())).join(""),
  );
}
