// @taskwire/client/config: what a page has to know before it can sign anybody in, and so before it has a client.
import type { WebConfig } from "./wire.ts";

export type { WebConfig } from "./wire.ts";

/** Where people sign in, by the word of the server at `url`; of the page's own if it is left out. Fails with a plain Error. */
export async function readConfig(url = ""): Promise<WebConfig> {
  const response = await fetch(`${url.replace(/\/$/, "")}/config.json`);
  if (!response.ok) throw new Error(`The server answered with ${response.status}.`);
  return await response.json();
}
