/** An issuer with every kind of key, a second one, a forger with an own server, and what each of them signs. */

import { ALGS, type Alg, pairFor, part, type Signer, signatureOf, signed, signer } from "../support/forge.ts";
import { startKeyServer } from "../support/key_server.ts";

export const now = Math.floor(Date.now() / 1000);

/** The issuer's keys. The RSA ones are one pair, as it may be: only the key says what it is for. */
export const rsa = pairFor("RS256");
const isRsa = (alg: Alg) => alg.startsWith("RS") || alg.startsWith("PS");
export const keys = Object.fromEntries(
  ALGS.map((alg) => [alg, signer(alg, `k-${alg}`, {}, isRsa(alg) ? rsa : pairFor(alg))]),
) as Record<Alg, Signer>;
export const ours = keys.RS256;
/** Keys that are in its set and verify nothing. */
export const useless = {
  enc: signer("RS256", "enc", { use: "enc" }),
  ops: signer("RS256", "ops", { key_ops: ["sign"] }),
  wrap: signer("ES256", "wrap", { key_ops: ["deriveKey"] }),
  oaep: signer("RS256", "oaep", { alg: "RSA-OAEP" }),
  rsa512: signer("RS256", "rsa512", {}, pairFor("RS256", 512)),
  rsa1024: signer("RS256", "rsa1024", {}, pairFor("RS256", 1024)),
  rsa2047: signer("PS256", "rsa2047", {}, pairFor("PS256", 2047)),
  // A point that is not on the curve: one bit is another.
  offCurve: signer("ES256", "off-curve"),
  crossed: signer("ES384", "crossed", { crv: "P-256" }),
};
const y = Buffer.from(String(useless.offCurve.jwk.y), "base64url");
useless.offCurve.jwk.y = Buffer.from(y.map((byte, i) => (i === 0 ? byte ^ 1 : byte))).toString("base64url");
export const POINTS = {
  identity: `01${"00".repeat(31)}`,
  "order 2": `ec${"ff".repeat(30)}7f`,
  "order 4": "00".repeat(32),
  "order 4, not reduced": `ed${"ff".repeat(30)}7f`,
  "identity, not reduced": `ee${"ff".repeat(30)}7f`,
  "identity with a sign": `01${"00".repeat(30)}80`,
  "order 8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "order 8, the other": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
};
const points = Object.entries(POINTS).map(([name, hex]) => {
  return { kty: "OKP", crv: "Ed25519", kid: name, x: Buffer.from(hex, "hex").toString("base64url") };
});
const exponentOne = { ...ours.jwk, kid: "e1", e: "AQ" };
export const shared = { kty: "oct", kid: "oct", alg: "HS256", k: part("a secret of the project") };

export const issuer = await startKeyServer();
export const keySet = JSON.stringify({
  keys: [...Object.values(keys), ...Object.values(useless)]
    .map(({ jwk }): object => jwk)
    .concat(points, exponentOne, shared),
});
issuer.answer = keySet;
/** Where a token may say that its keys are. */
export const evil = await startKeyServer();
export const mallory = signer("RS256", "mallory");
evil.answer = JSON.stringify({ keys: [mallory.jwk] });

export const staff = signer("RS256", "staff-1");
export const STAFF = "https://staff.example";

export const claims = (changes: object = {}) => {
  return { iss: issuer.url, sub: "ada", aud: "taskwire", azp: "web", exp: now + 3600, ...changes };
};
export const headerOf = (by: Signer, changes: object = {}) => ({ alg: by.alg, kid: by.kid, typ: "JWT", ...changes });
/** Signed as it should be, with other claims. */
export const claiming = (changes: object, by = ours) => signed(part(headerOf(by)), part(claims(changes)), by);
/** Signed as it should be, with another header. */
export const headed = (changes: object, by = ours) => signed(part(headerOf(by, changes)), part(claims()), by);
/** A good header and good claims with this signature. */
export const withSignature = (signature: Buffer | string, by = ours) =>
  `${part(headerOf(by))}.${part(claims())}.${typeof signature === "string" ? signature : signature.toString("base64url")}`;
export const genuine = (by: Signer) => signatureOf(by.alg, by.privateKey, `${part(headerOf(by))}.${part(claims())}`);
export const without = (name: string) => {
  const all: Record<string, unknown> = claims();
  delete all[name];
  return signed(part(headerOf(ours)), part(all), ours);
};
