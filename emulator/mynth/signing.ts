/** Mynth's own signature, of g1 to g3; g4 is signed as Standard Webhooks. Pure. */

import { hmacHex } from "../signing.ts";

/** `X-Mynth-Signature`. The key is the whole secret, prefix included. */
export function signHex(secret: string, timestamp: number, body: string): string {
  return `t=${timestamp},v1=${hmacHex(secret, `${timestamp}.${body}`)}`;
}
