/** `listen`: the two streams, what is forwarded of each, and how it is signed. */

import { TaskwireError } from "../../client/src/error.ts";
import type { Delivery, DeliveryFilter, EventOut } from "./admin_types.ts";
import type { TaskwireAdmin } from "./api.ts";
import { atEnd, type Source } from "./follow.ts";
import type { Letter } from "./forward.ts";
import { localKey } from "./local_secret.ts";
import { eventHeaders, isProvider, webhookHeaders } from "./signing.ts";
import { START } from "./state.ts";

/** What a receiver may need to know of a delivery, beside what its provider sent. */
const ABOUT = { id: "taskwire-delivery", provider: "taskwire-provider", verdict: "taskwire-verdict" };

/** A delivery may be stored after one that arrived later. It is not this late, unless the database was away. */
const LATE_MS = 5 * 60_000;

export function deliverySource(
  admin: TaskwireAdmin,
  filter: Pick<DeliveryFilter, "task" | "verdict">,
  signal: AbortSignal,
): Source<Delivery> {
  return {
    async page({ cursor, since }, limit) {
      const page = await admin.deliveries({ ...filter, since, cursor, limit, order: "oldest" }, { signal });
      return { items: page.deliveries, nextCursor: page.nextCursor };
    },
    idOf: ({ id }) => id,
    async end() {
      // Without the filter: the newest that fits may be too far back to be found.
      const [newest] = (await admin.deliveries({ limit: 1 }, { signal })).deliveries;
      if (!newest) return START;
      const since = new Date(Date.parse(newest.at) - LATE_MS).toISOString();
      return { cursor: null, since, after: newest.id, done: [] };
    },
    // Ids rise in the order in which deliveries were stored.
    isKnown: ({ id }, { after }) => after !== undefined && BigInt(id) <= BigInt(after),
  };
}

export function eventSource(
  admin: TaskwireAdmin,
  filter: { task?: string | undefined },
  signal: AbortSignal,
): Source<EventOut> {
  const source: Pick<Source<EventOut>, "page" | "idOf"> = {
    async page({ cursor }, limit) {
      const page = await admin.events({ ...filter, cursor, limit, order: "oldest" }, { signal });
      return { items: page.events, nextCursor: page.nextCursor };
    },
    idOf: ({ id }) => id,
  };
  return {
    ...source,
    end: async () => atEnd(source, (await admin.events({ ...filter, limit: 1 }, { signal })).events[0]),
  };
}

/** Where things are sent on to, and what they are signed with. */
export interface To {
  admin: TaskwireAdmin;
  target: string;
  secret: string;
}

/** Undefined where there is none: it was erased, or deleted because it was old. */
async function unlessGone<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof TaskwireError && (error.status === 404 || error.status === 410)) return undefined;
    throw error;
  }
}

/** Nobody has signed these, or it is not known. A signature of ours would make them look genuine. */
const NOT_VERIFIED = new Set(["bad_signature", "too_large", "failed"]);

/** What to send for a delivery, or why nothing is sent. */
export async function deliveryLetter(
  { id, provider, verdict, event, providerDelivery }: Delivery,
  { admin, target, secret }: To,
): Promise<Letter | string> {
  if (!isProvider(provider)) return `${provider} signs in a way that this version does not know`;
  if (NOT_VERIFIED.has(verdict)) return "its signature was not verified";
  const found = await unlessGone(admin.delivery(id));
  if (!found || found.body === null) return "its body is not kept any more";
  const { body, isComplete } = found;
  if (!isComplete) return "its body is not kept as a whole";
  const keys = { secret, key: localKey(secret) };
  const webhook = { provider, id: providerDelivery ?? `delivery_${id}`, event: event ?? "", body };
  const about = { [ABOUT.id]: id, [ABOUT.provider]: provider, [ABOUT.verdict]: verdict };
  return {
    url: target.replaceAll("{provider}", provider),
    body,
    headers: (seconds) => ({ ...webhookHeaders(webhook, keys, seconds), ...about }),
  };
}

export async function eventLetter({ id }: EventOut, { admin, target, secret }: To): Promise<Letter | string> {
  const found = await unlessGone(admin.event(id));
  if (!found) return "it is not kept any more";
  const { body } = found;
  return { url: target, body, headers: (seconds) => eventHeaders(id, body, secret, seconds) };
}
