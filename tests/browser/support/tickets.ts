/** Tickets made by hand, as the Worker would sign them: the only way to have one whose hour is over. */

import { ticketOf } from "../../worker/support/tickets.ts";

export interface TicketFields {
  user: string;
  taskId: string;
  /** Unix milliseconds. */
  expiresAt?: number;
  secret?: string;
}

export function ticketFor({ user, taskId, expiresAt = Date.now() + 60_000, secret }: TicketFields): string {
  return ticketOf({ user, scope: { kind: "task", id: taskId }, expiresAt }, secret);
}
