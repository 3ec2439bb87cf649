// @taskwire/client/config: what a page needs for sign-in. It is an entry of its own because a page needs it before it
// has a client.
import type { WebConfig } from "./wire.ts";

export type { WebConfig } from "./wire.ts";

/** Reads where users sign in. `url` is the server's, and defaults to the page's own origin. Rejects with an Error. */
export async function readConfig(url = ""): Promise<WebConfig> {
  const response = await fetch(`${url.replace(/\/$/, "")}/config.json`);
  if (!response.ok) throw new Error(`The server answered with ${response.status}.`);
  return await response.json();
}
