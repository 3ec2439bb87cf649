// What the page may reach, as its headers say. `_headers` has the policy of every page: its own code, its own
// API, pictures from any https host. What more one deployment needs is added here: the origin that signs people in,
// and on a developer's machine the emulator's, which is plain http and must not be allowed anywhere else.

import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The headers file with more origins in its policy. */
export function allow(headers, { connect = [], images = [] }) {
  return extend(extend(headers, "connect-src", connect), "img-src", images);
}

function extend(headers, directive, origins) {
  const added = new Set(origins);
  if (!headers.includes(`${directive} 'self'`)) throw new Error(`The policy has no ${directive}.`);
  return headers.replace(`${directive} 'self'`, [`${directive} 'self'`, ...added].join(" "));
}

/**
 * Where the page may sign people in: the issuer that the Worker's variables name. An issuer whose token endpoint is on
 * another host has that in AUTH_ORIGINS, separated by spaces.
 */
export function signInOrigins({ AUTH_ISSUER = "", AUTH_ORIGINS = "" }) {
  return [AUTH_ISSUER, ...AUTH_ORIGINS.split(/\s+/)].filter(Boolean).map((address) => new URL(address).origin);
}

/** A built page for a machine of one's own, where sign-in and pictures come from `origin`. What is built stays as it is. */
export function layOutLocally(built, folder, origin) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(built, folder, { recursive: true });
  const file = join(folder, "_headers");
  writeFileSync(file, allow(readFileSync(file, "utf8"), { connect: [origin], images: [origin] }));
}
