/**
 * Mynth's two signatures, made by hand with node:crypto, and a webhook sent with any headers.
 *
 * The emulator has its own code; tests of signatures do not rely on it.
 */

import { createHash, createHmac, randomUUID } from "node:crypto";
import { type Answer, call } from "./api.ts";

/** The secret in emulator/worker.env. */
export const SECRET = "whsec_ZW11bGF0b3Igb25seSwgd29ydGggbm90aGluZw==";

export const nowSeconds = () => Math.floor(Date.now() / 1000);

export interface Signing {
  secret?: string;
  /** Unix seconds. */
  time?: number;
  id?: string;
}

/** Headers of the second generation: the whole secret is the key, the digest is hex. */
export function hexHeaders(
  body: string,
  { secret = SECRET, time = nowSeconds() }: Signing = {},
): Record<string, string> {
  const mac = createHmac("sha256", Buffer.from(secret, "utf8"));
  return { "x-mynth-signature": `t=${time},v1=${mac.update(`${time}.${body}`).digest("hex")}` };
}

/** Headers of the third: the same, and an id that every retry repeats. */
export function deliveryHeaders(body: string, signing: Signing = {}): Record<string, string> {
  return { ...hexHeaders(body, signing), "x-mynth-delivery": signing.id ?? randomUUID() };
}

/** The id of an event, where its body has one. */
function idOf(body: string): unknown {
  try {
    return JSON.parse(body)?.id;
  } catch {
    return undefined;
  }
}

/** Headers of the fourth, which is Standard Webhooks: the id is the body's. */
export function standardHeaders(body: string, signing: Signing = {}): Record<string, string> {
  const own = idOf(body);
  const { secret = SECRET, time = nowSeconds(), id = typeof own === "string" ? own : `evt_${randomUUID()}` } = signing;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(time), "webhook-signature": `v1,${mac}` };
}

export const SCHEMES = { g2: hexHeaders, g3: deliveryHeaders, g4: standardHeaders };

export function sendWebhook(base: string, body: string, headers: Record<string, string>): Promise<Answer> {
  return call(`${base}/webhooks/mynth`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** A completed event of the second generation, as small as possible. */
export function completedBody(
  taskId: string,
  images: object[] = [{ status: "succeeded", id: "img_1", url: "https://x.example/1.png" }],
): string {
  return JSON.stringify({
    event: "task.image.generate.completed",
    task: { id: taskId },
    request: {},
    result: { images },
  });
}

/** A task id in the provider's format that no provider has issued. */
export const inventedTaskId = () =>
  `tsk_${createHash("sha256").update(randomUUID()).digest("hex").slice(0, 26).toUpperCase()}`;
