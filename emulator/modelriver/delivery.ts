/**
 * One webhook of ModelRiver's: its headers in both schemes, signed afresh on every attempt.
 *
 * Knows nothing of channels but their id, nor of what a body means.
 */

import type { Parcel, Returned, Sealed, Try } from "../courier.ts";
import type { Scheme } from "./options.ts";
import { signBody, signTimed } from "./signing.ts";
import type { Written } from "./wire.ts";

export interface Letter {
  channelId: string;
  /** What duplicates are known by, together with the channel. */
  type: string;
  url: string;
  written: Written;
  scheme: Scheme;
  secret: string;
  /** Headers besides those of the signature. */
  headers: Record<string, string>;
  /** Milliseconds between tries; empty tries once. */
  delays: readonly number[];
  /** Unix seconds to sign with, instead of the time of the attempt. */
  signedAt?: number;
  tamper?: (sealed: Sealed) => void;
  /** Told when a try begins. */
  onTry(now: number): void;
}

/** One try of one webhook, as it went. */
export interface Attempt extends Try {
  channelId: string;
  type: string;
  scheme: Scheme;
}

function signature({ scheme, secret, channelId, written }: Letter, timestamp: number): Record<string, string> {
  const time = String(timestamp);
  if (scheme === "a") {
    return { "mr-signature": signBody(secret, written.body), "mr-timestamp": time, "mr-channel-id": channelId };
  }
  const text = written.data ?? written.body;
  return { "x-modelriver-signature": signTimed(secret, timestamp, text), "x-modelriver-timestamp": time };
}

function seal(letter: Letter, now: number): Sealed {
  const headers = {
    "content-type": "application/json",
    "user-agent": "ModelRiver-Webhooks (emulator)",
    ...letter.headers,
    ...signature(letter, letter.signedAt ?? Math.floor(now / 1000)),
  };
  const sealed = { headers, body: letter.written.body };
  letter.tamper?.(sealed);
  return sealed;
}

/** The letter as the courier takes it. */
export function parcelOf(letter: Letter): Parcel {
  return {
    url: letter.url,
    seal: (now) => {
      letter.onTry(now);
      return seal(letter, now);
    },
    waitAfter: (attempt) => letter.delays[attempt - 1],
  };
}

export function attemptOf(
  { channelId, type, scheme }: Pick<Letter, "channelId" | "type" | "scheme">,
  returned: Returned,
): Attempt {
  const { isLast: _, ...made } = returned;
  return { channelId, type, scheme, ...made };
}
