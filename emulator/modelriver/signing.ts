/** The two ways ModelRiver signs a webhook, both in lowercase hex under the secret as it is written. Pure. */

import { hmacHex } from "../signing.ts";

/** Scheme a, `mr-signature`: the raw body, and no time. */
export function signBody(secret: string, body: string): string {
  return hmacHex(secret, body);
}

/** Scheme b, `X-ModelRiver-Signature`: the time and the body's `data`, or the whole body where it has none. */
export function signTimed(secret: string, timestamp: number, text: string): string {
  return hmacHex(secret, `${timestamp}.${text}`);
}
