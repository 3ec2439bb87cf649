/** One token in more than one spelling, or in other than three parts. */

import { part, signed, withSpareBits } from "../support/forge.ts";
import { claiming, claims, headerOf, ours } from "./keys.ts";
import { alg, BASE64, CLAIMS, type Forgery, HEADER, malformed, PARTS, SIGNATURE } from "./reasons.ts";

export const good = claiming({});
export const [h = "", p = "", g = ""] = good.split(".");
const spaced = part(`${JSON.stringify(claims())} `.padEnd(160));
export const encodings: Forgery[] = [
  ["an = at the header", signed(`${h}=`, p, ours), HEADER],
  ["an = at the claims", signed(h, `${p}=`, ours), CLAIMS],
  ["an = at the signature", `${good}=`, BASE64],
  ["two of them", `${good}==`, BASE64],
  ["spare bits in the signature", `${h}.${p}.${withSpareBits(g)}`, BASE64],
  ["spare bits in the claims", signed(h, withSpareBits(spaced), ours), CLAIMS],
  ["the other alphabet", `${h}.${p}.${Buffer.from(g, "base64url").toString("base64")}`, BASE64],
  ["a space in it", `${h}. ${p}.${g}`, CLAIMS],
  ["a space before its end", `${h}.${p}. ${g}`, BASE64],
  ["a tab in it", `${h}\t.${p}.${g}`, HEADER],
  ["a comma behind it", `${good},`, BASE64],
  ["a second token behind it", `${good}, Bearer ${good}`, PARTS],
  ["two parts", `${h}.${p}`, PARTS],
  ["four parts", `${good}.${g}`, PARTS],
  ["a full stop behind it", `${good}.`, PARTS],
  ["no parts", "..", HEADER],
  ["five parts, as if it was encrypted", `${part({ alg: "RSA-OAEP", enc: "A256GCM" })}.a.b.c.d`, PARTS],
  ["five parts under a good header", `${h}.${p}.${g}.${p}.${g}`, PARTS],
  ["three parts of an encrypted one", `${part({ alg: "RSA-OAEP", enc: "A256GCM" })}.${p}.${g}`, alg('"RSA-OAEP"')],
  ["an encrypted one without a key", `${part({ alg: "dir", enc: "A256GCM" })}.${p}.${g}`, alg('"dir"')],
  ["other claims under the signature", `${h}.${part(claims({ sub: "eve" }))}.${g}`, SIGNATURE],
  ["another header over the signature", `${part(headerOf(ours, { x: 1 }))}.${p}.${g}`, SIGNATURE],
  ["more than is read", claiming({ x: "x".repeat(16_384) }), malformed("it has more than 16384 bytes")],
];
