/**
 * The two ways the provider signs a webhook, both lowercase hex under the secret as it is written.
 * Pure: a secret and the exact bytes in, a header's value out.
 *
 * Written from the schemes' descriptions and shared with nobody, so that two readings of them meet.
 */

import { createHmac } from "node:crypto";

/** Scheme a, `mr-signature`: the raw body, and no time. */
export function signBody(secret: string, body: string): string {
  return createHmac("sha256", secret).update(body, "utf8").digest("hex");
}

/** Scheme b, `X-ModelRiver-Signature`: the time and the body's `data`, or the whole body where it has none. */
export function signTimed(secret: string, timestamp: number, text: string): string {
  return createHmac("sha256", secret).update(`${timestamp}.${text}`, "utf8").digest("hex");
}
