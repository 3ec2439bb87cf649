/**
 * One webhook of Mynth's: its headers in each generation, and when it is tried again.
 *
 * Knows nothing of tasks but their id, nor of what a body means.
 */

import { spread } from "../chance.ts";
import type { Try } from "../courier.ts";
import type { Letter } from "../outbox.ts";
import { standardHeaders } from "../signing.ts";
import type { Generation } from "./generation.ts";
import { retryDelays } from "./schedule.ts";
import { signHex } from "./signing.ts";

/** What an attempt's record says of its webhook. */
export interface About {
  taskId: string;
  event: string;
  /** The same on every attempt. */
  id: string;
  signed: boolean;
  generation: Generation;
}

/** One try of one webhook, as it went. */
export interface Attempt extends Try, About {}

/** Where a webhook goes; a secret of null is that of a per-request webhook, which is never signed. */
export interface Target {
  url: string;
  secret: string | null;
}

/** The headers of one attempt: which there are tells the generations apart. */
export function headersOf(
  { event, id, generation }: Pick<About, "event" | "id" | "generation">,
  secret: string | null,
  body: string,
  timestamp: number,
): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "user-agent": "Mynth-Webhooks (emulator)",
  };
  if (generation === "g4") {
    return secret === null ? headers : { ...headers, ...standardHeaders(secret, id, timestamp, body) };
  }
  headers["x-mynth-event"] = event;
  if (generation === "g3") headers["x-mynth-delivery"] = id;
  if (secret !== null) headers["x-mynth-signature"] = signHex(secret, timestamp, body);
  return headers;
}

export function letterOf(webhook: Omit<About, "signed">, body: string, { url, secret }: Target): Letter<About> {
  const about: About = { ...webhook, signed: secret !== null };
  return {
    about,
    url,
    body,
    headers: (timestamp) => headersOf(about, secret, body, timestamp),
    delays: retryDelays(webhook.generation),
    jitter: (delay) => spread(delay, Math.random()),
  };
}
