/**
 * Live tickets as their holder knows them: a text, and the moment from which it opens nothing more.
 *
 * That moment is by the Worker's clock, right or wrong, since the Worker has nothing else to go by.
 */

export interface Ticket {
  text: string;
  /** Unix milliseconds. */
  expiresAt: number;
}

/** Requests take their time, and the clock runs fast: so close to its end a ticket may go either way. */
const SLACK_MS = 2000;

export function ticketOf({ ticket, expiresAt }: { ticket: string; expiresAt: string }): Ticket {
  return { text: ticket, expiresAt: Date.parse(expiresAt) };
}

/** Whether it has to be taken, or refused, by a Worker whose clock went from `before` to `after`; null: either. */
export function mustOpen({ expiresAt }: Ticket, before: number, after: number): boolean | null {
  if (after < expiresAt - SLACK_MS) return true;
  return before > expiresAt + SLACK_MS ? false : null;
}
