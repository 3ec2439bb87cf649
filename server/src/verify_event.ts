// Events that the server sends to a backend, verified as Standard Webhooks: https://www.standardwebhooks.com.
import type { Content, Task } from "../../client/src/wire.ts";
import { bytesOf, keyFor } from "./hmac.ts";

/** What an event says where the rest has to be read: it was too large, is not as it was, or was erased. */
export interface ThinTask {
  taskId: string;
  version: number;
  thin: true;
}

export interface ThinContent {
  /** The id of the row. */
  id: string;
  version: number;
  thin: true;
}

interface Told<Type extends string, Data> {
  /** The same at every attempt and on every road: what was seen before has been done before. */
  id: string;
  /** Of two events about the same task or row, the one with the higher version is the newer. */
  version: number;
  type: Type;
  /** When it happened, in ISO 8601. */
  timestamp: string;
  data: Data;
}

export type TaskEvent = Told<"task.completed" | "task.failed", Task | ThinTask>;
export type ContentEvent = Told<"content.created", Content | ThinContent>;
export type TaskwireEvent = TaskEvent | ContentEvent;

export interface VerifyEventOptions {
  /** `EVENTS_SECRET`, as the server has it: `whsec_…`, or several while one is replaced. Any may have signed. */
  secret: string;
  /** How old an event may be, and how far ahead a clock, in seconds: 300 by default. */
  tolerance?: number | undefined;
}

export type EventHeaders = Headers | Record<string, string | string[] | undefined>;

/** Why an event was refused. */
export type EventRefusal = "missing_header" | "bad_signature" | "out_of_time" | "malformed";

export class EventError extends Error {
  readonly code: EventRefusal;

  constructor(code: EventRefusal, message: string) {
    super(message);
    this.name = "EventError";
    this.code = code;
  }
}

const TOLERANCE_S = 300;
const PREFIX = "whsec_";

/**
 * The event in a request, once its signature is good. `body` is what came, to the byte: a body that was parsed and
 * written again has another signature. Rejects with an `EventError` if it cannot be trusted, and with a `TypeError` that
 * names the option that is wrong.
 */
export async function verifyEvent(
  body: string | Uint8Array,
  headers: EventHeaders,
  { secret, tolerance = TOLERANCE_S }: VerifyEventOptions,
): Promise<TaskwireEvent> {
  const keys = keysOf(secret);
  if (typeof tolerance !== "number" || !(tolerance >= 0)) {
    throw new TypeError("verifyEvent: tolerance must be a number of seconds.");
  }
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    headerOf(headers, name),
  ) as [string, string, string];
  const bytes = typeof body === "string" ? bytesOf(body) : body;
  const head = bytesOf(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + bytes.length);
  signed.set(head);
  signed.set(bytes, head.length);
  if (!(await isSigned(signed, signatures, keys))) {
    throw new EventError("bad_signature", "No signature of the event is good.");
  }
  // After the signature: a stranger does not learn what our clock shows.
  const at = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(Date.now() / 1000 - at) <= tolerance)) {
    throw new EventError("out_of_time", "The event was signed too long ago, or in the future.");
  }
  return eventOf(id, bytes);
}

function eventOf(id: string, bytes: Uint8Array): TaskwireEvent {
  const [, version] = /_(\d+)$/.exec(id) ?? [];
  try {
    const { type, timestamp, data } = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof type === "string" && typeof data === "object" && data !== null && version !== undefined)
      return { id, version: Number(version), type, timestamp, data } as TaskwireEvent;
  } catch {
    // It is no JSON.
  }
  throw new EventError("malformed", "The event is signed, and not of a form that is known.");
}

async function isSigned(signed: Uint8Array<ArrayBuffer>, list: string, keys: Uint8Array<ArrayBuffer>[]) {
  const macs = list.split(" ").flatMap((one) => (one.startsWith("v1,") ? (bytesIn(one.slice(3)) ?? []) : []));
  for (const raw of keys) {
    const key = await keyFor(raw, "verify");
    // Web Crypto compares in constant time.
    for (const mac of macs) if (await crypto.subtle.verify("HMAC", key, mac, signed)) return true;
  }
  return false;
}

function headerOf(headers: EventHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  if (!text) throw new EventError("missing_header", `The header ${name} is missing.`);
  return text;
}

function keysOf(secret: string): Uint8Array<ArrayBuffer>[] {
  const all = typeof secret === "string" ? secret.split(/[\s,]+/).filter(Boolean) : [];
  const keys = all.map((one) => (one.startsWith(PREFIX) ? bytesIn(one.slice(PREFIX.length)) : undefined));
  const good = keys.filter((key) => key !== undefined && key.length > 0) as Uint8Array<ArrayBuffer>[];
  if (good.length === 0 || good.length < all.length) {
    throw new TypeError("verifyEvent: secret must be EVENTS_SECRET: whsec_ and base64, or several of them.");
  }
  return good;
}

function bytesIn(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
