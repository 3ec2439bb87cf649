/**
 * Cloudflare's list prices, in dollars for a million: Workers Paid, above what a month includes.
 *
 * Read on 2026-11-26 in stored copies of these pages, but for the rows of objects, alarms among them: those prices were
 * only seen where others quote them. Before you rely on a figure, look at the page.
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

/** Counted, but not added up: the time is that of this machine. */
export const CPU_MS = { what: "Worker CPU, milliseconds", perMillion: 0.02, source: WORKERS } as const satisfies Price;
