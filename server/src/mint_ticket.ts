// Tickets, made without asking the server: the same text that it would sign itself.
import type { Ticket } from "../../client/src/wire.ts";
import { base64url, bytesOf, hmac } from "./hmac.ts";
import { wrong } from "./wrong.ts";

/** What a ticket is for: exactly one of these. */
export type TicketScope =
  | {
      /** One task, by its id. */
      task: string;
      /** For somebody else: they see neither whose the task is, nor its cost and metadata. */
      share?: boolean | undefined;
    }
  | { batch: string }
  | { channel: string }
  /** All tasks of the user, and their batches. */
  | { tasks: true }
  /** The user's feed of content. */
  | { content: true };

export type MintTicketOptions = TicketScope & {
  /** `TASKWIRE_TOKEN_SECRET`, as the server has it. Of several, the first signs. */
  secret: string;
  /** The user whose this is. */
  user: string;
  /** In seconds: 3600 by default, and at most. */
  expiresIn?: number | undefined;
};

/** The signed text begins with it, so that a ticket is good for nothing else. */
const PURPOSE = "taskwire ticket v1\n";
const LIFETIME_S = 3600;
const SECRET_BYTES = 32;
const MAX_SECRETS = 8;
const USER_BYTES = 255;
const SCOPES = ["task", "batch", "channel", "tasks", "content"] as const;

/**
 * A ticket for one socket: `new WebSocket(url, ["taskwire", "ticket." + ticket])`. Whether the user has such a task, batch
 * or channel is checked when the ticket is used. Rejects with a TypeError that names the argument that is wrong.
 */
export async function mintTicket(options: MintTicketOptions): Promise<Ticket> {
  const { secret, user, expiresIn = LIFETIME_S } = options;
  const scope = scopeOf(options);
  if (typeof user !== "string" || !user || !user.isWellFormed() || bytesOf(user).length > USER_BYTES) {
    throw wrong("mintTicket", "user", `must be the id of a user, of at most ${USER_BYTES} bytes`);
  }
  if (typeof expiresIn !== "number" || !(expiresIn >= 1 && expiresIn <= LIFETIME_S)) {
    throw wrong("mintTicket", "expiresIn", `must be a number of seconds, from 1 to ${LIFETIME_S}`);
  }
  const expiresAt = Date.now() + Math.floor(expiresIn * 1000);
  const payload = base64url(bytesOf(JSON.stringify({ user, scope, expiresAt })));
  const mac = base64url(await hmac(bytesOf(signingSecret(secret)), PURPOSE + payload));
  return { ticket: `v1.${payload}.${mac}`, expiresAt: new Date(expiresAt).toISOString() };
}

function scopeOf(options: Record<string, unknown>): { kind: string; id?: string } {
  const named = SCOPES.filter((name) => options[name] !== undefined);
  const [name] = named;
  if (name === undefined || named.length > 1) throw wrong("mintTicket", SCOPES.join(", "), "must be one, and only one");
  const { share } = options;
  if (share !== undefined && (typeof share !== "boolean" || name !== "task")) {
    throw wrong("mintTicket", "share", "must be true or false, and is for a task alone");
  }
  const id = options[name];
  if (name === "tasks" || name === "content") {
    if (id !== true) throw wrong("mintTicket", name, "must be true");
    return { kind: name };
  }
  if (typeof id !== "string" || !/^[\w-]{1,128}$/.test(id)) {
    throw wrong("mintTicket", name, `must be the id of a ${name}`);
  }
  return { kind: share ? "shared" : name, id };
}

/** The secrets are read as the server reads them. It takes none where one of them is too short, so neither does this. */
function signingSecret(list: string): string {
  const all = typeof list === "string" ? list.split(/[\p{White_Space},]+/u) : [];
  const read = all.filter((one) => one && one !== "whsec_" && one !== "wbs_").slice(0, MAX_SECRETS);
  const [first] = read;
  if (first === undefined || read.some((one) => bytesOf(one).length < SECRET_BYTES)) {
    throw wrong("mintTicket", "secret", `must be TASKWIRE_TOKEN_SECRET, of ${SECRET_BYTES} bytes or more`);
  }
  return first;
}
