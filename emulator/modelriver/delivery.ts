/**
 * One webhook of ModelRiver's: its headers in both schemes.
 *
 * Knows nothing of channels but their id, nor of what a body means.
 */

import type { Try } from "../courier.ts";
import type { Scheme } from "./scheme.ts";
import { signBody, signTimed } from "./signing.ts";
import type { Written } from "./wire.ts";

/** What an attempt's record says of its webhook. */
export interface About {
  channelId: string;
  /** What duplicates are known by, together with the channel. */
  type: string;
  scheme: Scheme;
}

/** One try of one webhook, as it went. */
export interface Attempt extends Try, About {}

function signature(
  { channelId, scheme }: About,
  secret: string,
  { body, data = body }: Written,
  timestamp: number,
): Record<string, string> {
  const time = String(timestamp);
  if (scheme === "a") {
    return { "mr-signature": signBody(secret, body), "mr-timestamp": time, "mr-channel-id": channelId };
  }
  return { "x-modelriver-signature": signTimed(secret, timestamp, data), "x-modelriver-timestamp": time };
}

/** The headers of one attempt. */
export function headersOf(about: About, secret: string, written: Written, timestamp: number): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "ModelRiver-Webhooks (emulator)",
    ...signature(about, secret, written, timestamp),
  };
}
