// What is left of the user's limits, as the forms show it. Pure.
import type { Usage } from "@taskwire/client";
import { decimal, duration } from "./words.ts";

export interface Left {
  /** In words. Null: nothing is limited. */
  text: string | null;
  /** It is nearly over, or over. */
  isLow: boolean;
  /** Nothing can be started: what the button says instead. Null: something can. */
  blocked: string | null;
}

/** A fifth of a limit is little. */
const LOW = 0.2;

export function leftOf(usage: Usage | undefined, now: number): Left {
  const { starts, running, budget } = usage ?? {};
  const parts: string[] = [];
  const waits: number[] = [];
  let isLow = false;
  // Once a window has ended, its numbers say nothing.
  if (starts && isCurrent(starts.resetsAt, now)) {
    parts.push(`${starts.left} of ${starts.limit} starts left`);
    if (starts.left === 0) waits.push(Date.parse(starts.resetsAt));
    isLow ||= starts.left <= starts.limit * LOW;
  }
  if (budget && isCurrent(budget.resetsAt, now)) {
    parts.push(`${decimal(budget.left)} of ${decimal(budget.amount)} left`);
    // Amounts are compared as texts of numbers: only how much is little is a matter of taste.
    const left = Number(budget.left);
    if (left === 0) waits.push(Date.parse(budget.resetsAt));
    isLow ||= left <= Number(budget.amount) * LOW;
  }
  const isFull = running ? running.now >= running.limit : false;
  if (running && running.now > 0) parts.push(`${running.now} of ${running.limit} running`);
  const until = Math.max(...waits);
  const blocked = waits.length > 0 ? `Again in ${duration(until - now + 999)}` : isFull ? "Wait for one to end" : null;
  return { text: parts.length > 0 ? parts.join(" · ") : null, isLow: isLow || isFull, blocked };
}

function isCurrent(resetsAt: string, now: number): boolean {
  return now < Date.parse(resetsAt);
}

/** Decimals, added up without a rounding error. */
export function sumOf(amounts: readonly string[]): string {
  const places = Math.max(2, ...amounts.map((amount) => amount.split(".")[1]?.length ?? 0));
  const units = (amount: string): bigint => {
    const [whole = "0", rest = ""] = amount.split(".");
    return BigInt(whole + rest.padEnd(places, "0"));
  };
  const text = amounts
    .reduce((sum, amount) => sum + units(amount), 0n)
    .toString()
    .padStart(places + 1, "0");
  return decimal(`${text.slice(0, -places)}.${text.slice(-places)}`);
}

/** What an estimate comes to, in the provider's own words. Null: it does not say. */
export function costOf(estimate: Record<string, unknown>): string | null {
  const cost = estimate.estimatedCost ?? estimate.estimated_cost;
  return typeof cost === "string" && /^\d+(\.\d+)?$/.test(cost) ? cost : null;
}
