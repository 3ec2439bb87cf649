/** A provider's webhook: its signature by Standard Webhooks, and its content. */

import { Refusal } from "./answers.ts";
import type { Env } from "./settings.ts";

const TOLERANCE_S = 300;
const BODY_LIMIT = 512 * 1024;

export interface ImageResult {
  status: "success" | "failed";
  image_id: string | null;
  url: string | null;
  error: string | null;
}

export interface Event {
  delivery: string;
  taskId: string;
  status: "completed" | "failed";
  model: string | null;
  cost: string | null;
  error: string | null;
  images: ImageResult[];
}

let webhookKey: { secret: string; key: CryptoKey } | undefined;

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

async function keyOf(secret: string): Promise<CryptoKey> {
  if (webhookKey?.secret === secret) return webhookKey.key;
  const raw = bytesOf(secret.replace(/^whsec_/, ""));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  webhookKey = { secret, key };
  return key;
}

const unsigned = (message: string) => new Refusal(401, "invalid_signature", message);

/** Checks the signature. Returns the delivery's id and the body. */
async function verified(request: Request, env: Env): Promise<{ delivery: string; body: string }> {
  const { headers } = request;
  const delivery = headers.get("webhook-id");
  const time = headers.get("webhook-timestamp");
  const signatures = headers.get("webhook-signature");
  if (!delivery || !time || !signatures) throw unsigned("The webhook is not signed.");
  if (!/^\d+$/.test(time) || Math.abs(Date.now() / 1000 - Number(time)) > TOLERANCE_S) {
    throw unsigned("The webhook's time is too far off.");
  }
  if (Number(headers.get("content-length") ?? 0) > BODY_LIMIT) {
    throw new Refusal(413, "payload_too_large", "The body is too large.");
  }
  const body = await request.text();
  const key = await keyOf(env.MYNTH_WEBHOOK_SECRET);
  const signed = new TextEncoder().encode(`${delivery}.${time}.${body}`);
  for (const signature of signatures.split(" ")) {
    if (!/^v1,[A-Za-z0-9+/]{43}=$/.test(signature)) continue;
    if (await crypto.subtle.verify("HMAC", key, bytesOf(signature.slice(3)), signed)) return { delivery, body };
  }
  throw unsigned("The signature does not match.");
}

interface Body {
  type?: string;
  data?: {
    id?: string;
    cost?: unknown;
    result?: { model?: string; images?: { id?: string; status?: string; url?: string; error?: unknown }[] };
    errors?: unknown[];
  };
}

const malformed = (message: string) => new Refusal(422, "malformed_event", message);
const textOrNull = (value: unknown) => (typeof value === "string" ? value : null);

/** Verifies and reads it. Null for events of other kinds, which are acknowledged and ignored. */
export async function eventOf(request: Request, env: Env): Promise<Event | null> {
  const { delivery, body } = await verified(request, env);
  let event: Body;
  try {
    event = JSON.parse(body);
  } catch {
    throw malformed("The body is not JSON.");
  }
  const [, status] = /^task\.image\.generate\.(completed|failed)$/.exec(event.type ?? "") ?? [];
  if (status === undefined) return null;
  const { data } = event;
  if (typeof data?.id !== "string") throw malformed("data.id: The event names no task.");
  const images = (data.result?.images ?? []).map(({ id, status, url, error }): ImageResult => {
    const isGood = status === "success" && typeof url === "string";
    return {
      status: isGood ? "success" : "failed",
      image_id: id ?? null,
      url: isGood ? url : null,
      error: isGood ? null : JSON.stringify(error ?? { code: "image_failed", message: "The image was not made." }),
    };
  });
  return {
    delivery,
    taskId: data.id,
    status: status as Event["status"],
    model: textOrNull(data.result?.model),
    cost: textOrNull(data.cost),
    error: status === "failed" ? JSON.stringify(data.errors?.[0] ?? { code: "failed", message: "It failed." }) : null,
    images,
  };
}
