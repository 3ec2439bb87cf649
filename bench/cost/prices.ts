/**
 * Cloudflare's list prices in dollars per million: Workers Paid, beyond what a month includes.
 *
 * Read on 2026-11-26 in stored copies of these pages, except for the rows of objects, including alarms: those prices
 * were only seen quoted elsewhere. Check the page before you rely on a figure.
 */

export interface Price {
  what: string;
  perMillion: number;
  source: string;
}

const WORKERS = "https://developers.cloudflare.com/workers/platform/pricing/";
const D1 = "https://developers.cloudflare.com/d1/platform/pricing/";
const OBJECTS = "https://developers.cloudflare.com/durable-objects/platform/pricing/";

export const PRICES = {
  requests: { what: "Worker requests", perMillion: 0.3, source: WORKERS },
  objectRequests: { what: "object requests: calls, upgrades, alarms", perMillion: 0.15, source: OBJECTS },
  d1Read: { what: "D1 rows read", perMillion: 0.001, source: D1 },
  d1Written: { what: "D1 rows written", perMillion: 1, source: D1 },
  storageRead: { what: "object rows read", perMillion: 0.001, source: OBJECTS },
  storageWritten: { what: "object rows written: values, deletions", perMillion: 1, source: OBJECTS },
  alarms: { what: "alarms set: a row written each", perMillion: 1, source: OBJECTS },
} as const satisfies Record<string, Price>;

export type Priced = keyof typeof PRICES;

/** Not in the sums, since the time depends on the machine. */
export const CPU_MS = { what: "Worker CPU, milliseconds", perMillion: 0.02, source: WORKERS } as const satisfies Price;
