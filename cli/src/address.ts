/** Where the deployment is, and whether that is this machine. Pure. */

import { usage } from "./errors.ts";

export const USUAL_URL = "http://127.0.0.1:8787";

export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** An address without a slash at its end. `name` is the option or the variable that has it. */
export function addressIn(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw usage(`${name} must be an http or https address, such as https://tasks.example.com, not "${text}".`);
  if (url.username || url.password) throw usage(`${name} must have no user and no password in it.`);
  return text.replace(/\/+$/, "");
}

/** The address of the deployment: the rest of what it has is appended to it. */
export function baseIn(text: string, name: string): string {
  const address = addressIn(text, name);
  const { search, hash } = new URL(address);
  if (search || hash) throw usage(`${name} must be the address of the deployment alone, without ? and #.`);
  return address;
}
