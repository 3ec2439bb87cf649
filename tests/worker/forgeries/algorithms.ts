/** Algorithms that anybody could sign with, and keys under the name of another algorithm. */

import { createHmac } from "node:crypto";
import { ALGS, casesOf, part, signed } from "../support/forge.ts";
import { claims, headed, headerOf, keySet, keys, ours, rsa, shared } from "./keys.ts";
import { alg, type Forgery, kid, SIGNATURE } from "./reasons.ts";

/** The public key, as a confused verifier would take it for a secret. */
const secrets: Record<string, string | Buffer> = {
  "in PEM": rsa.publicKey.export({ format: "pem", type: "spki" }),
  "in PEM without the last line end": String(rsa.publicKey.export({ format: "pem", type: "spki" })).trim(),
  "in PEM of PKCS #1": rsa.publicKey.export({ format: "pem", type: "pkcs1" }),
  "in DER": rsa.publicKey.export({ format: "der", type: "spki" }),
  "as a JWK": JSON.stringify(ours.jwk),
  "as the whole set": keySet,
  "as its modulus": Buffer.from(String(ours.jwk.n), "base64url"),
  "as its modulus in base64url": String(ours.jwk.n),
  "as a point": Buffer.from(String(keys.EdDSA.jwk.x), "base64url"),
  "that is empty": "",
  "of the set, which is meant for that": Buffer.from(shared.k, "base64url"),
};
const hmac = (hash: string, secret: string | Buffer, text: string) =>
  createHmac(`sha${hash}`, secret).update(text).digest("base64url");
export const symmetric = Object.entries(secrets).flatMap(([how, secret]) =>
  ["256", "384", "512"].flatMap((hash): Forgery[] => {
    const text = `${part({ alg: `HS${hash}`, kid: how.startsWith("of") ? "oct" : ours.kid })}.${part(claims())}`;
    const disguised = `${part(headerOf(ours))}.${part(claims())}`;
    return [
      [`HS${hash} with the public key ${how}`, `${text}.${hmac(hash, secret, text)}`, alg(`"HS${hash}"`)],
      [
        `RS256 that is HS${hash} with the public key ${how}`,
        `${disguised}.${hmac(hash, secret, disguised)}`,
        SIGNATURE,
      ],
    ];
  }),
);

export const unsigned = casesOf("none").flatMap((name): Forgery[] => [
  [`alg ${name} without a signature`, `${part({ alg: name, typ: "JWT" })}.${part(claims())}.`, alg(`"${name}"`)],
  [`alg ${name} with one`, `${part({ alg: name, kid: ours.kid })}.${part(claims())}.${part("x")}`, alg(`"${name}"`)],
]);

/** Each key's signature under the name of each other algorithm. */
export const swapped = ALGS.flatMap((own) =>
  ALGS.filter((other) => other !== own).flatMap((other): Forgery[] => {
    const nameless = part({ alg: other, typ: "JWT" });
    return [
      [`an ${own} key's that says ${other}`, headed({ alg: other }, keys[own]), kid(`"k-${own}"`, other)],
      [`an ${own} key's that says ${other} and no key`, signed(nameless, part(claims()), keys[own]), SIGNATURE],
      [`an ${own} key's under the id of ${other}`, headed({ kid: `k-${other}` }, keys[own]), kid(`"k-${other}"`, own)],
    ];
  }),
);
