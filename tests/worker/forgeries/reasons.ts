/** Why a token is refused, as the Worker says it. */

import { ALGS } from "../support/forge.ts";
import { issuer, STAFF } from "./keys.ts";

export const SIGNATURE = "The token's signature is wrong.";
export const malformed = (why: string) => `The token is malformed: ${why}.`;
export const HEADER = malformed("its header is no JSON object in base64url with each name once");
export const CLAIMS = malformed("its claims are no JSON object in base64url with each name once");
export const BASE64 = malformed("its signature is no base64url");
export const PARTS = malformed("it does not have three parts");
export const wrong = (name: string, came: string, must: string) => `The token's ${name} is ${came}. It must ${must}.`;
export const alg = (came: string) => wrong("alg", came, `be one of ${ALGS.map((one) => `"${one}"`).join(", ")}`);
export const kid = (came: string, of: string, at = issuer.url) =>
  wrong("kid", came, `be that of a key of ${at} for ${of}`);
export const iss = (came: string) => wrong("iss", came, `be one of "${issuer.url}", "${STAFF}"`);
export const aud = (came: string) => wrong("aud", came, 'be "taskwire"');
export const party = (name: string, came: string) => wrong(name, came, 'be "web"');
export const sub = (came: string) => wrong("sub", came, "be text of 1 to 255 bytes without control characters");
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
export const exp = (came: string) =>
  new RegExp(`^The token's exp is ${escaped(came)}\\. It must be a time in seconds, after ${TIME} by our clock\\.$`);
export const nbf = (came: string) =>
  new RegExp(
    `^The token's nbf is ${escaped(came)}\\. It must be a time in seconds, not after ${TIME} by our clock\\.$`,
  );
export const at = (seconds: number) => `${seconds} (${new Date(seconds * 1000).toISOString()})`;

export type Forgery = [name: string, token: string, reason: string | RegExp];
