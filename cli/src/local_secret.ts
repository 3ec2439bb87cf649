/**
 * What deliveries and events are signed with when they are forwarded: a secret of this machine, made at its first use.
 * The secrets of the deployment stay where they are.
 */

import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { keyOf, published, type SigningKey } from "../../emulator/fal/signing.ts";

const PREFIX = "whsec_";
const BYTES = 32;

export const secretFile = (state: string) => join(state, "secret");

/** The secret in the state's folder. */
export function localSecret(state: string): string {
  const file = secretFile(state);
  for (;;) {
    try {
      const text = readFileSync(file, "utf8").trim();
      if (text.startsWith(PREFIX) && text.length > PREFIX.length) return text;
      throw new Error(`${file} holds no secret: delete it, and another is made.`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(file, `${PREFIX}${randomBytes(BYTES).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
      // Another process was faster: its secret holds.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** The key for a provider that signs with one: it follows from the secret. */
export function localKey(secret: string): SigningKey {
  return keyOf("taskwire-cli", createHash("sha256").update(`ed25519 ${secret}`).digest());
}

/** The key set that a receiver checks fal's signatures with. */
export const localKeySet = (secret: string) => ({ keys: [published(localKey(secret))] });
