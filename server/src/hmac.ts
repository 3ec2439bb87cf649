// HMAC-SHA256 and base64url, with Web Crypto.

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);

/** The key that makes HMACs, or that checks them. */
export const keyFor = (raw: Uint8Array<ArrayBuffer>, use: "sign" | "verify"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", raw, ALGORITHM, false, [use]);

export async function hmac(secret: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", await keyFor(secret, "sign"), bytesOf(text)));
}

/** Without padding. */
export function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
