/** `trigger`: the webhook that a provider would send, and where it goes. */

import { createPrivateKey, randomUUID } from "node:crypto";
import type { SigningKey } from "../../emulator/fal/signing.ts";
import { isObject, type Json } from "../../emulator/json.ts";
import { addressIn } from "./address.ts";
import { EXIT, Failure, usage, whyNoAnswer } from "./errors.ts";
import { FIXTURES, unknownEvent } from "./fixtures.ts";
import { remove, set } from "./set_paths.ts";
import { type Keys, PROVIDERS, type Provider, type Webhook } from "./signing.ts";
import { type Setting, type Settings, VARS_FILE } from "./vars.ts";

export const SECRETS: Record<Exclude<Provider, "fal">, string> = {
  mynth: "MYNTH_WEBHOOK_SECRET",
  modelriver: "MODELRIVER_WEBHOOK_SECRET",
  replicate: "REPLICATE_WEBHOOK_SECRET",
};
const FAL_KEY = "FAL_WEBHOOK_KEY";
const ANSWER_WITHIN_MS = 15_000;

export interface Asked {
  event: string;
  task?: string | undefined;
  provider?: Provider | undefined;
  set: readonly string[];
  remove: readonly string[];
  /** The address of the task's webhook, for providers that have one for each task. */
  to?: string | undefined;
}

/** The provider that is named, or else the only one that has this event. */
export function providerOf({ event, provider }: Pick<Asked, "event" | "provider">): Provider {
  const known = FIXTURES.get(event)?.provider;
  if (known !== undefined) {
    if (provider === undefined || provider === known) return known;
    throw usage(`${event} is an event of ${known}, not of ${provider}.`);
  }
  if (provider === "mynth" || provider === "modelriver") return provider;
  const all = [...FIXTURES].filter(([, each]) => provider === undefined || each.provider === provider);
  throw usage(`${event} is no event that is known: ${all.map(([name]) => name).join(", ")}.`);
}

/** Where a provider sends its webhooks: a path of the deployment. */
export interface Place {
  path: string;
  /** The whole address, as the provider knows it. */
  webhook?: string | undefined;
}

/** A prediction repeats the address of its webhook, and in it the token that only this task has. */
async function placeAtReplicate(task: string, settings: Settings): Promise<Place> {
  const api = addressIn(
    settings.find("REPLICATE_API_URL")?.value ?? "https://api.replicate.com/v1",
    "REPLICATE_API_URL",
  );
  const token = settings.secret("REPLICATE_API_TOKEN")?.value;
  if (!token)
    throw new Failure(
      "REPLICATE_API_TOKEN is not set: with it Replicate is asked for the webhook's address, or give --to.",
      EXIT.auth,
    );
  let body: unknown;
  try {
    const response = await fetch(`${api}/predictions/${encodeURIComponent(task.replace(/^rep_/, ""))}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (response.status === 401) throw new Failure("Replicate does not accept REPLICATE_API_TOKEN.", EXIT.auth);
    if (!response.ok) throw new Failure(`Replicate does not know ${task} (${response.status}).`);
    body = await response.json();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${api} cannot be reached (${whyNoAnswer(error)}).`);
  }
  const webhook = isObject(body) ? body.webhook : undefined;
  if (typeof webhook !== "string" || !URL.canParse(webhook))
    throw new Failure(`${task} has no webhook at Replicate: give --to.`);
  return { path: new URL(webhook).pathname, webhook };
}

export async function placeOf(provider: Provider, { task = "", to }: Asked, settings: Settings): Promise<Place> {
  if (to !== undefined) return { path: new URL(addressIn(to, "--to")).pathname, webhook: to };
  if (provider === "replicate") return placeAtReplicate(task, settings);
  if (provider === "fal")
    throw usage("fal has an address for each request, and tells it to nobody: give it with --to.");
  return { path: `/webhooks/${provider}` };
}

function falKey(settings: Settings): { setting: Setting; key: SigningKey } {
  const setting = settings.find(FAL_KEY);
  if (!setting)
    throw new Failure(
      `fal signs with a key that only it has: to trigger its events, set ${FAL_KEY} to a private Ed25519 JWK that FAL_JWKS_URL of the deployment lists.`,
      EXIT.auth,
    );
  try {
    const jwk = JSON.parse(setting.value);
    return { setting, key: { id: String(jwk.kid ?? ""), private: createPrivateKey({ key: jwk, format: "jwk" }) } };
  } catch {
    throw new Failure(`${FAL_KEY} must be a private Ed25519 key as a JWK.`, EXIT.auth);
  }
}

/** What to sign with, and where it is from. */
export function keysOf(provider: Provider, settings: Settings): Keys & { name: string; from: Setting["from"] } {
  if (provider === "fal") {
    const { setting, key } = falKey(settings);
    return { secret: "", key, name: FAL_KEY, from: setting.from };
  }
  const name = SECRETS[provider];
  const found = settings.secret(name);
  if (!found)
    throw new Failure(
      `${name} is not set: it is looked for in the environment, and in ${VARS_FILE} of this folder.`,
      EXIT.auth,
    );
  return { secret: found.value, name, from: found.from };
}

/** The body, with what is to be changed in it. */
export function bodyOf(provider: Provider, asked: Asked, { webhook }: Place, settings: Settings): Json {
  const { event, task } = asked;
  const fixture = FIXTURES.get(event);
  if (fixture && task === undefined) throw usage(`${event} is about a task: name it with --task.`);
  const api = provider === "replicate" ? settings.find("REPLICATE_API_URL")?.value : undefined;
  const body = fixture
    ? fixture.make({ taskId: task ?? "", webhook, api })
    : unknownEvent(provider as "mynth" | "modelriver", event, task);
  for (const each of asked.set) set(body, each);
  for (const each of asked.remove) remove(body, each);
  return body;
}

export function webhookOf(provider: Provider, event: string, body: Json): Webhook {
  return { provider, id: `msg_${randomUUID()}`, event, body: JSON.stringify(body) };
}

export const isKnownProvider = (name: string | undefined): name is Provider | undefined =>
  name === undefined || (PROVIDERS as readonly string[]).includes(name);
