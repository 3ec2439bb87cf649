/**
 * The two ways the provider signs a webhook. Pure: a secret, a time and the exact bytes in, headers' values out.
 *
 * Written from the schemes' descriptions and shared with nobody, so that two readings of them meet.
 */

import { createHmac } from "node:crypto";

/** g1 to g3, `X-Mynth-Signature`. The key is the whole secret, prefix included. */
export function signHex(secret: string, timestamp: number, body: string): string {
  const digest = createHmac("sha256", secret).update(`${timestamp}.${body}`, "utf8").digest("hex");
  return `t=${timestamp},v1=${digest}`;
}

/** g4, Standard Webhooks: `webhook-signature`. The key is what the secret holds in base64. */
export function signStandard(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`, "utf8").digest("base64");
  return `v1,${digest}`;
}
