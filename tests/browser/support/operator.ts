/** A site with an operator, and what happens there that an operator looks at. */

import { EVENTS_SECRET } from "../../worker/support/roads.ts";
import { type Site, startSite } from "./site.ts";
import type { Visit } from "./visit.ts";

/** Who may look, by the name that is given at the sign-in. */
export const OPERATOR = "olga";

/** Olga is its operator, and its events go to the emulator's receiver. */
export function startOperated(vars: Record<string, string> = {}): Promise<Site> {
  return startSite((emulator) => ({
    AUTH_ADMIN_CLAIMS: JSON.stringify({ sub: OPERATOR }),
    EVENTS_URL: `${emulator.url}/receiver/app`,
    EVENTS_SECRET,
    ...vars,
  }));
}

/** A task of somebody else: its id at the provider. */
export async function startTask(site: Site, prompt: string, sub = "ada"): Promise<string> {
  const answer = await fetch(`${site.url}/generate`, {
    method: "POST",
    headers: { authorization: `Bearer ${await site.emulator.token({ sub })}`, "content-type": "application/json" },
    body: JSON.stringify({ prompt, model: "m", count: 2 }),
  });
  if (answer.status !== 201) throw new Error(`The start was answered ${answer.status}: ${await answer.text()}`);
  const { taskId } = (await answer.json()) as { taskId: string };
  return taskId;
}

/** A webhook that somebody else has signed. */
export async function forge(site: Site): Promise<void> {
  await fetch(`${site.url}/webhooks/mynth`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": `msg_${crypto.randomUUID()}`,
      "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
      "webhook-signature": `v1,${btoa("0123456789abcdef0123456789abcdef")}`,
    },
    body: '{"type":"task.completed"}',
  });
}

/** Opens a view of the operator's page, from its address and through the sign-in. */
export async function openAdmin(visit: Visit, site: Site, query = "", name = OPERATOR): Promise<void> {
  await visit.page.goto(`${site.url}/admin${query}`);
  await visit.passSignIn(name);
}
