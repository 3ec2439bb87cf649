/**
 * One webhook of Mynth's: its headers in each generation, signed afresh on every attempt.
 *
 * Knows nothing of tasks but their id, nor of what a body means.
 */

import type { Parcel, Returned, Sealed, Try } from "../courier.ts";
import type { Generation } from "../options.ts";
import { jitter, retryDelays } from "./schedule.ts";
import { signHex, signStandard } from "./signing.ts";

export interface Letter {
  taskId: string;
  event: string;
  /** The same on every attempt. */
  id: string;
  url: string;
  body: string;
  generation: Generation;
  /** null for a per-request webhook, which is never signed. */
  secret: string | null;
  /** Multiplies the schedule; null tries once. */
  retryScale: number | null;
  /** Unix seconds to sign with, instead of the time of the attempt. */
  signedAt?: number;
  tamper?: (sealed: Sealed) => void;
}

/** One try of one webhook, as it went. */
export interface Attempt extends Try {
  taskId: string;
  event: string;
  id: string;
  signed: boolean;
  generation: Generation;
}

/** The headers of one attempt: which there are tells the generations apart. */
function seal(letter: Letter, now: number): Sealed {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "user-agent": "Mynth-Webhooks (emulator)",
  };
  const timestamp = letter.signedAt ?? Math.floor(now / 1000);
  if (letter.generation === "g4") {
    if (letter.secret !== null) {
      headers["webhook-id"] = letter.id;
      headers["webhook-timestamp"] = String(timestamp);
      headers["webhook-signature"] = signStandard(letter.secret, letter.id, timestamp, letter.body);
    }
  } else {
    headers["x-mynth-event"] = letter.event;
    if (letter.generation === "g3") headers["x-mynth-delivery"] = letter.id;
    if (letter.secret !== null) headers["x-mynth-signature"] = signHex(letter.secret, timestamp, letter.body);
  }
  const sealed = { headers, body: letter.body };
  letter.tamper?.(sealed);
  return sealed;
}

/** The letter as the courier takes it. */
export function parcelOf(letter: Letter): Parcel {
  const { url, generation, retryScale } = letter;
  return {
    url,
    seal: (now) => seal(letter, now),
    waitAfter: (attempt) => {
      const delay = retryDelays(generation)[attempt - 1];
      return retryScale === null || delay === undefined ? undefined : jitter(delay) * retryScale;
    },
  };
}

export function attemptOf(letter: Letter, { isLast: _, ...made }: Returned): Attempt {
  const { taskId, event, id, secret, generation } = letter;
  return { taskId, event, id, signed: secret !== null, generation, ...made };
}
