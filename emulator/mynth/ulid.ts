/** Ids as the provider makes them: a ULID, 48 bits of time and 80 of chance, after a prefix. */

import { randomBytes } from "node:crypto";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function encode(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest >>= 5n) {
    text = CROCKFORD[Number(rest & 31n)] + text;
  }
  return text;
}

export function ulid(now = Date.now()): string {
  return encode(BigInt(now), 10) + encode(BigInt(`0x${randomBytes(10).toString("hex")}`), 16);
}
