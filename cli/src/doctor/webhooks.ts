/** Whether the deployment has the webhook secrets that are here: a signed event that changes nothing tells. */

import { createHmac, randomBytes } from "node:crypto";
import { unknownEvent } from "../fixtures.ts";
import { type Answer, post } from "../post.ts";
import { type Webhook, webhookHeaders } from "../signing.ts";
import { SECRETS, webhookOf } from "../trigger.ts";
import { type Settings, VARS_FILE } from "../vars.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/** An event of a type that is none. It is logged as `unknown_type`. */
const EVENT = "taskwire.doctor";
const TOKEN_SECRET = "TASKWIRE_TOKEN_SECRET";
const MILLIS_HEX = 12;

type Tested = keyof typeof SECRETS;

/** A token as the Worker makes it for a start. There is no such start. */
export function webhookToken(secret: string, now = Date.now()): string {
  const key = now.toString(16).padStart(MILLIS_HEX, "0") + randomBytes(12).toString("base64url");
  const payload = Buffer.from(JSON.stringify({ user: EVENT, key })).toString("base64url");
  const mac = createHmac("sha256", secret).update(`taskwire webhook v1\n${payload}`).digest("base64url");
  return `v1.${payload}.${mac}`;
}

interface Test {
  path: string;
  webhook: Webhook;
  /** The settings that it tells of. */
  names: string[];
}

function testOf(provider: Tested, settings: Settings): Test | undefined {
  const names = [SECRETS[provider]];
  if (provider !== "replicate")
    return { path: `/webhooks/${provider}`, webhook: webhookOf(provider, EVENT, unknownEvent(provider, EVENT)), names };
  const secret = settings.secret(TOKEN_SECRET);
  if (!secret) return undefined;
  const webhook = webhookOf(provider, EVENT, { id: "doctor", status: EVENT });
  return { path: `/webhooks/replicate/${webhookToken(secret.value)}`, webhook, names: [...names, TOKEN_SECRET] };
}

function judged({ status, message }: Answer, path: string, names: string[], isLocal: boolean): Check {
  const shown = path.split("/").slice(0, 3).join("/");
  const all = names.join(" and ");
  if (status === 200) return ok("webhooks", `${shown} accepts what is signed with ${all}`);
  const said = `${shown}: ${message ?? `it has answered ${status}`}`;
  if (status === 401) {
    const remedy = isLocal
      ? `Make ${all} the same here and in ${VARS_FILE}.`
      : `npx wrangler secret put ${names.join(", ")}`;
    return fail("webhooks", `${said} ${all} here is not the deployment's.`, remedy);
  }
  return fail("webhooks", said, "See /readyz, and its logs: npx wrangler tail");
}

/** `.dev.vars` is for this machine: its secrets are not looked at for another. */
export async function webhookChecks(base: string, settings: Settings, isLocal: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  for (const provider of Object.keys(SECRETS) as Tested[]) {
    const secret = settings.secret(SECRETS[provider]);
    const test = secret && testOf(provider, settings);
    if (!secret || !test || (!isLocal && secret.from === VARS_FILE)) continue;
    const { path, webhook, names } = test;
    const headers = webhookHeaders(webhook, { secret: secret.value }, Math.floor(Date.now() / 1000));
    checks.push(judged(await post(base + path, webhook.body, headers), path, names, isLocal));
  }
  if (checks.length > 0) return checks;
  const remedy = `Put ${Object.values(SECRETS).join(", ")} into the environment, those that are used.`;
  return [warn("webhooks", "no secret is here, so none was tested", remedy)];
}
