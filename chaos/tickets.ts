/**
 * Live tickets as their holder knows them: the text, and when it expires.
 *
 * That is by the Worker's clock, right or wrong, since the Worker has no other.
 */

export interface Ticket {
  text: string;
  /** Unix milliseconds. */
  expiresAt: number;
}

/** So close to its expiry a ticket may go either way: requests take time, and the clock runs fast. */
const SLACK_MS = 2000;

export function ticketOf({ ticket, expiresAt }: { ticket: string; expiresAt: string }): Ticket {
  return { text: ticket, expiresAt: Date.parse(expiresAt) };
}

/**
 * Whether a Worker whose clock went from `before` to `after` has to accept it or to refuse it; null if either is
 * right.
 */
export function mustOpen({ expiresAt }: Ticket, before: number, after: number): boolean | null {
  if (after < expiresAt - SLACK_MS) return true;
  return before > expiresAt + SLACK_MS ? false : null;
}
