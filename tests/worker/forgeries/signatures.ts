/** Signatures that are not, and keys with which anybody could sign. */

import { sign as cryptoSign } from "node:crypto";
import { ALGS, part, signed } from "../support/forge.ts";
import {
  claiming,
  claims,
  genuine,
  headed,
  headerOf,
  keys,
  ours,
  POINTS,
  STAFF,
  staff,
  useless,
  withSignature,
} from "./keys.ts";
import { type Forgery, kid, SIGNATURE } from "./reasons.ts";

const es = (r: Buffer, s: Buffer) => withSignature(Buffer.concat([r, s]), keys.ES256);
const zero = Buffer.alloc(32);
const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])]);
const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
const [r, s] = [genuine(keys.ES256).subarray(0, 32), genuine(keys.ES256).subarray(32)];
const der = cryptoSign("sha256", Buffer.from(`${part(headerOf(keys.ES256))}.${part(claims())}`), keys.ES256.privateKey);
const more = (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([0])]);
export const signatures: Forgery[] = [
  ...ALGS.flatMap((name): Forgery[] => [
    [`no signature of ${name}`, withSignature("", keys[name]), SIGNATURE],
    [`a byte after that of ${name}`, withSignature(more(genuine(keys[name])), keys[name]), SIGNATURE],
    [`a byte less than that of ${name}`, withSignature(genuine(keys[name]).subarray(1), keys[name]), SIGNATURE],
    [
      `a zero before that of ${name}`,
      withSignature(Buffer.concat([Buffer.alloc(1), genuine(keys[name])]), keys[name]),
      SIGNATURE,
    ],
    [`nothing but zeros of ${name}`, withSignature(Buffer.alloc(genuine(keys[name]).length), keys[name]), SIGNATURE],
    [
      `that of other claims of ${name}`,
      withSignature(claiming({ sub: "eve" }, keys[name]).split(".")[2] ?? "", keys[name]),
      SIGNATURE,
    ],
  ]),
  ["ES256 in DER", withSignature(der, keys.ES256), SIGNATURE],
  ["ES256 with a zero for r", es(zero, s), SIGNATURE],
  ["ES256 with a zero for s", es(r, zero), SIGNATURE],
  ["ES256 with the order for r", es(order, s), SIGNATURE],
  ["ES256 with the order for both", es(order, order), SIGNATURE],
  ["ES256 with a one for both", es(one, one), SIGNATURE],
  ["ES256 with its halves changed", es(s, r), SIGNATURE],
  ["another issuer's key", headed({}, staff), kid('"staff-1"', "RS256")],
  ["another issuer's key under the id of ours", headed({ kid: ours.kid }, staff), SIGNATURE],
  ["our key for another issuer", claiming({ iss: STAFF }), kid('"k-RS256"', "RS256", STAFF)],
  [
    "our key for another issuer under its id",
    signed(part(headerOf(staff)), part(claims({ iss: STAFF })), ours),
    SIGNATURE,
  ],
  ...Object.values(useless).map((by): Forgery => {
    const isOnlySeenAtImport = by === useless.offCurve;
    const token = headed({}, by);
    return [`the key ${by.kid}`, token, isOnlySeenAtImport ? SIGNATURE : kid(`"${by.kid}"`, by.alg)];
  }),
  ...Object.keys(POINTS).map((name): Forgery => {
    // R is the identity and S is zero: that is good for every message, if the key is of small order.
    const signature = Buffer.concat([Buffer.from(POINTS.identity, "hex"), Buffer.alloc(32)]);
    const token = `${part({ alg: "EdDSA", kid: name })}.${part(claims())}.${signature.toString("base64url")}`;
    return [`a key of small order: ${name}`, token, kid(`"${name}"`, "EdDSA")];
  }),
  ["an exponent of one", headed({ kid: "e1" }), kid('"e1"', "RS256")],
];
