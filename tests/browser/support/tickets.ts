/** Tickets made by hand, as the Worker would sign them: the only way to have one whose hour is over. */

import { createHmac } from "node:crypto";
import { variables } from "../../worker/support/deployment.ts";

const SECRET = variables("http://127.0.0.1").TASKWIRE_TOKEN_SECRET ?? "";

export interface TicketFields {
  user: string;
  taskId: string;
  /** Unix milliseconds. */
  expiresAt?: number;
  secret?: string;
}

export function ticketFor({ user, taskId, expiresAt = Date.now() + 60_000, secret = SECRET }: TicketFields): string {
  const payload = Buffer.from(JSON.stringify({ user, scope: { kind: "task", id: taskId }, expiresAt })).toString(
    "base64url",
  );
  return `v1.${payload}.${createHmac("sha256", secret).update(`taskwire ticket v1\n${payload}`).digest("base64url")}`;
}
