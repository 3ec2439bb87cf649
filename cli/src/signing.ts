/** The headers of a webhook, as its provider signs it. The schemes are the emulator's. Pure. */

import type { SigningKey } from "../../emulator/fal/signing.ts";
import { headersOf as falHeaders } from "../../emulator/fal/signing.ts";
import { isObject } from "../../emulator/json.ts";
import { headersOf as modelriverHeaders } from "../../emulator/modelriver/delivery.ts";
import { headersOf as mynthHeaders } from "../../emulator/mynth/delivery.ts";
import { standardHeaders } from "../../emulator/signing.ts";

export const PROVIDERS = ["mynth", "modelriver", "replicate", "fal"] as const;
export type Provider = (typeof PROVIDERS)[number];

export const isProvider = (name: string): name is Provider => (PROVIDERS as readonly string[]).includes(name);

/** What is signed. */
export interface Webhook {
  provider: Provider;
  /** The provider's id of the delivery, for those that have one. */
  id: string;
  event: string;
  /** To the byte. */
  body: string;
}

export interface Keys {
  secret: string;
  /** fal's: it has no secret. */
  key?: SigningKey | undefined;
}

const JSON_HEADERS = { "content-type": "application/json", "user-agent": "taskwire-cli" };

function fieldOf(body: string, name: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const field = isObject(value) ? value[name] : undefined;
    return typeof field === "string" ? field : undefined;
  } catch {
    return undefined;
  }
}

function signed(
  { provider, id, event, body }: Webhook,
  { secret, key }: Keys,
  seconds: number,
): Record<string, string> {
  switch (provider) {
    case "mynth": {
      // Earlier generations name their event so, and sign another way. The id of a current one is in its body.
      if (fieldOf(body, "event") !== undefined)
        return mynthHeaders({ event, id, generation: "g3" }, secret, body, seconds);
      return mynthHeaders({ event, id: fieldOf(body, "id") ?? id, generation: "g4" }, secret, body, seconds);
    }
    case "modelriver": {
      const about = { channelId: fieldOf(body, "channel_id") ?? "", type: event, scheme: "a" as const };
      return modelriverHeaders(about, secret, { body, data: undefined }, seconds);
    }
    case "replicate":
      return standardHeaders(secret, id, seconds, body);
    case "fal": {
      if (!key) throw new Error("fal's webhooks are signed with a key, and there is none.");
      const requestId = fieldOf(body, "request_id") ?? id;
      return falHeaders({ requestId, userId: "taskwire-cli", timestamp: seconds, body }, key);
    }
  }
}

/** All headers of one attempt, signed at that time, in Unix seconds. */
export const webhookHeaders = (webhook: Webhook, keys: Keys, seconds: number): Record<string, string> => ({
  ...signed(webhook, keys, seconds),
  ...JSON_HEADERS,
});

/** All headers of an event for the app's own backend. */
export const eventHeaders = (id: string, body: string, secret: string, seconds: number): Record<string, string> => ({
  ...standardHeaders(secret, id, seconds, body),
  ...JSON_HEADERS,
});
