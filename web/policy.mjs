// The page's Content-Security-Policy. `_headers` has what every deployment allows. This file adds the origins of one
// deployment: the issuer's, and on a developer's machine the emulator's. The emulator uses plain http, which must not
// be allowed anywhere else.

import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The headers with more origins in their policy. */
export function allow(headers, { connect = [], images = [] }) {
  return extend(extend(headers, "connect-src", connect), "img-src", images);
}

function extend(headers, directive, origins) {
  const added = new Set(origins);
  if (!headers.includes(`${directive} 'self'`)) throw new Error(`The policy has no ${directive}.`);
  return headers.replace(`${directive} 'self'`, [`${directive} 'self'`, ...added].join(" "));
}

/**
 * The origins that the page calls to sign users in: the issuer's, and those in AUTH_ORIGINS, separated by spaces. An
 * issuer may have its endpoints on other hosts.
 */
export function signInOrigins({ AUTH_ISSUER = "", AUTH_ORIGINS = "" }) {
  return [AUTH_ISSUER, ...AUTH_ORIGINS.split(/\s+/)].filter(Boolean).map((address) => new URL(address).origin);
}

/** Copies the built page to `folder`, for local use: sign-in and pictures come from `origin`. */
export function layOutLocally(built, folder, origin) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(built, folder, { recursive: true });
  const file = join(folder, "_headers");
  writeFileSync(file, allow(readFileSync(file, "utf8"), { connect: [origin], images: [origin] }));
}
