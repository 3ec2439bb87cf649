// What a verdict means, in words and in one of four tones. Pure.
import type { Delivery, EventState, Verdict } from "@taskwire/client/admin";
import { codeInWords, plural } from "../words.ts";

/** `good`: as it should be. `calm`: nothing to do. `warm`: unusual. `bad`: refused, or lost for now. */
export type Tone = "good" | "calm" | "warm" | "bad";

export const TONES: readonly Tone[] = ["good", "calm", "warm", "bad"];

interface Meaning {
  tone: Tone;
  /** A sentence for the page of a delivery. */
  means: string;
}

const MEANINGS: Record<Verdict, Meaning> = {
  applied: { tone: "good", means: "It was verified, and it changed its task or channel." },
  duplicate: { tone: "calm", means: "It had come before. Its provider was told so, and nothing was changed." },
  stale: { tone: "calm", means: "It was older than what is known of its task, so nothing was changed." },
  early: { tone: "calm", means: "It came before its task had a row. It was kept, and applied once the row was there." },
  noted: { tone: "calm", means: "It was verified, and it says nothing that is kept, such as how far a task has come." },
  unknown_type: {
    tone: "warm",
    means: "It is of a type that this version does not know. It was acknowledged, and ignored.",
  },
  unknown_task: { tone: "warm", means: "It is about a task that was not started here, or that was erased." },
  bad_signature: {
    tone: "bad",
    means: "Its signature does not fit. Nothing in it was believed. Is the secret the right one?",
  },
  malformed: { tone: "bad", means: "It was signed, but it could not be read." },
  too_large: { tone: "bad", means: "It was larger than a webhook may be, and was not read to its end." },
  failed: { tone: "bad", means: "It could not be taken at that moment. Its provider was told to send it again." },
};

/** Tasks that ended without a webhook are counted beside the verdicts. */
const COUNTED: Record<string, Tone> = { polled: "warm", timeout: "bad" };

export const VERDICTS = Object.keys(MEANINGS) as Verdict[];

export const toneOf = (verdict: string): Tone => MEANINGS[verdict as Verdict]?.tone ?? COUNTED[verdict] ?? "calm";

export const meaningOf = (verdict: string): string => MEANINGS[verdict as Verdict]?.means ?? "";

/** All but `applied`, `duplicate` and their like: what an operator looks for first. */
export const UNUSUAL = VERDICTS.filter((verdict) => ["warm", "bad"].includes(toneOf(verdict))).join(",");

/** What became of a replay, in a sentence. */
export function replayedAs(verdict: string): string {
  if (verdict === "duplicate") return "It was taken again, and changed nothing: its task has it already.";
  if (verdict === "applied") return "It was taken again, and this time it changed its task.";
  return `It was taken again. ${meaningOf(verdict)}`.trim();
}

export const eventTone = (state: EventState): Tone =>
  state === "delivered" ? "good" : state === "waiting" ? "warm" : "bad";

/** Why an event waits on a road, or was given up. */
const REASONS: Record<string, string> = {
  gone: "Given up: the destination answered that it is gone.",
  exhausted: "Given up: it was tried for days.",
  undeliverable: "Given up: the destination cannot take it.",
  no_answer: "There was no answer.",
  held: "It waits, because a setting is wrong.",
  absent: "It waits, because the destination is off or not set.",
};

export const reasonInWords = (reason: string): string => REASONS[reason] ?? codeInWords(reason);

/** `3 new deliveries: 2 applied, 1 bad signature.` */
export function summaryOf(deliveries: readonly Pick<Delivery, "verdict">[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of deliveries) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const parts = [...counts].map(([verdict, count]) => `${count} ${codeInWords(verdict).toLowerCase()}`);
  return `${plural(deliveries.length, "new delivery", "new deliveries")}: ${parts.join(", ")}.`;
}
