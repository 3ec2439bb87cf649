/**
 * What the schemes of several providers share: HMAC-SHA256 in hex, and Standard Webhooks. Pure: a secret and the
 * exact bytes in, a header's value out.
 *
 * Written from the schemes' descriptions. The Worker has its own, so that two readings of them meet.
 */

import { createHmac } from "node:crypto";

/** Lowercase hex under the secret as it is written. */
export function hmacHex(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text, "utf8").digest("hex");
}

/** `webhook-signature` of Standard Webhooks. The key is what the secret holds in base64. */
export function signStandard(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`, "utf8").digest("base64");
  return `v1,${digest}`;
}

/** The three headers of Standard Webhooks. */
export function standardHeaders(secret: string, id: string, timestamp: number, body: string): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signStandard(secret, id, timestamp, body),
  };
}
