/** Headers that name a key of the forger's own, or would change how the token is read. */

import { part, signed } from "../support/forge.ts";
import { claims, evil, headed, headerOf, mallory, ours } from "./keys.ts";
import { alg, type Forgery, HEADER, kid, malformed, SIGNATURE, wrong } from "./reasons.ts";

const evilHeaders: [string, object][] = [
  ["jwk", { jwk: mallory.jwk }],
  ["jku", { jku: `${evil.url}/jwks` }],
  ["x5u", { x5u: `${evil.url}/jwks` }],
  ["x5c", { x5c: [part("a certificate")] }],
  ["jwk and jku", { jwk: mallory.jwk, jku: `${evil.url}/jwks` }],
];
export const embedded = evilHeaders.flatMap(([name, header]): Forgery[] => [
  [`a key of one's own in ${name}`, headed(header, mallory), kid('"mallory"', "RS256")],
  [`${name} beside the id of a real key`, headed({ ...header, kid: ours.kid }, mallory), SIGNATURE],
  [`${name} and no id`, signed(part({ alg: "RS256", ...header }), part(claims()), mallory), SIGNATURE],
]);

export const headers: Forgery[] = [
  ["a key that nobody has", headed({ kid: "made-up" }, mallory), kid('"made-up"', "RS256")],
  ["an empty id of a key", headed({ kid: "" }), kid('""', "RS256")],
  ["an id that is a path", headed({ kid: "../../dev/null" }, mallory), kid('"../../dev/null"', "RS256")],
  ["an id that is SQL", headed({ kid: "' OR 1=1 --" }, mallory), kid('"\' OR 1=1 --"', "RS256")],
  [
    "an id that would be a line of a log",
    headed({ kid: 'x\r\n{"a":1}\u2028' }, mallory),
    kid(String.raw`"x\r\n{\"a\":1}\u2028"`, "RS256"),
  ],
  ["an id without an end", headed({ kid: "ä".repeat(3000) }, mallory), kid(`"${"ä".repeat(99)}…`, "RS256")],
  ["an id that is a number", headed({ kid: 7 }), malformed("its kid is no text")],
  ["an id that is a list", headed({ kid: [ours.kid] }), malformed("its kid is no text")],
  ["an extension", headed({ crit: ["exp"] }), malformed("its header has crit, and no extension is known here")],
  ["no extensions, said aloud", headed({ crit: [] }), malformed("its header has crit, and no extension is known here")],
  [
    "an extension for bare claims",
    headed({ crit: ["b64"], b64: false }),
    malformed("its header has crit, and no extension is known here"),
  ],
  ["bare claims", headed({ b64: false }), malformed("its header has b64")],
  [
    "the type of another thing",
    headed({ typ: "logout+jwt" }),
    wrong("typ", '"logout+jwt"', 'be one of "JWT", "at+jwt"'),
  ],
  ["the type of a proof", headed({ typ: "dpop+jwt" }), wrong("typ", '"dpop+jwt"', 'be one of "JWT", "at+jwt"')],
  ["a type that is a list", headed({ typ: ["JWT"] }), wrong("typ", '["JWT"]', 'be one of "JWT", "at+jwt"')],
  ["no algorithm", headed({ alg: undefined }), alg("missing")],
  ["an algorithm that is a list", headed({ alg: ["RS256"] }), alg('["RS256"]')],
  ["an algorithm that is a number", headed({ alg: 256 }), alg("256")],
  ["an algorithm in small letters", headed({ alg: "rs256" }), alg('"rs256"')],
  ["an algorithm with a space", headed({ alg: "RS256 " }), alg('"RS256 "')],
  ["an algorithm with a zero", headed({ alg: "RS256\0" }), alg('"RS256\\u0000"')],
  ["an algorithm of another curve", headed({ alg: "ES256K" }), alg('"ES256K"')],
  [
    "two algorithms, the second good",
    signed(part(`{"alg":"none","kid":"${ours.kid}","alg":"RS256"}`), part(claims()), ours),
    HEADER,
  ],
  [
    "two algorithms, the second none",
    signed(part(`{"alg":"RS256","kid":"${ours.kid}","alg":"none"}`), part(claims()), ours),
    HEADER,
  ],
  [
    "two ids of keys",
    signed(part('{"alg":"RS256","kid":"k-RS256","k\\u0069d":"mallory"}'), part(claims()), ours),
    HEADER,
  ],
  ["a header that is a list", signed(part([headerOf(ours)]), part(claims()), ours), HEADER],
  ["a header that is null", signed(part("null"), part(claims()), ours), HEADER],
  ["a header with more behind it", signed(part(`${JSON.stringify(headerOf(ours))}{}`), part(claims()), ours), HEADER],
];
