/**
 * Signs as fal does: Ed25519, of three headers and the hash of the body, with a key of a set that is published.
 *
 * Written from the scheme's description. The Worker has its own reading of it.
 */

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";

/** What comes before the seed in an Ed25519 key in PKCS #8. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

export interface SigningKey {
  id: string;
  private: KeyObject;
}

/** The key that follows from 32 bytes. */
export function keyOf(id: string, seed: Buffer): SigningKey {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  return { id, private: key };
}

/** The key as its set shows it. */
export function published({ id, private: key }: SigningKey): object {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return { kty: "OKP", crv: "Ed25519", x, kid: id, use: "sig" };
}

export interface Signed {
  requestId: string;
  userId: string;
  timestamp: number;
  body: string;
}

export function signatureOf({ requestId, userId, timestamp, body }: Signed, key: SigningKey): string {
  const hash = createHash("sha256").update(body, "utf8").digest("hex");
  const text = [requestId, userId, String(timestamp), hash].join("\n");
  return sign(null, Buffer.from(text, "utf8"), key.private).toString("hex");
}

export function headersOf(signed: Signed, key: SigningKey): Record<string, string> {
  return {
    "x-fal-webhook-request-id": signed.requestId,
    "x-fal-webhook-user-id": signed.userId,
    "x-fal-webhook-timestamp": String(signed.timestamp),
    "x-fal-webhook-signature": signatureOf(signed, key),
  };
}
