/**
 * The steps of a run. A step is plain data and does not depend on earlier ones, so any sub-list of
 * a run's steps is a run as well. That is how failing runs are shrunk.
 */

import type { Kind } from "../emulator/mynth/kinds.ts";
import type { Generation } from "../emulator/options.ts";
import type { D1Mode } from "./shim.ts";

/** What happens after the provider accepts a start and before it answers. */
export type Meanwhile = "nothing" | "webhook" | "cut" | "kill";

export type Corruption = "body" | "signature" | "secret" | "stale" | "unsigned";

/** What a watcher watches: one task, its batch, or all tasks of its user. */
export type Sight = "task" | "batch" | "feed";

/** The fields of every start: `slot` is the first of its tasks, `keyed` whether it carries an idempotency key. */
interface StartStep {
  slot: number;
  keyed: boolean;
  meanwhile: Meanwhile;
}

export type Start =
  | ({ do: "start"; count: number; word: string } & StartStep)
  | ({ do: "kind"; kind: Kind; word: string } & StartStep)
  /** Every word with every model has a slot. `meanwhile` happens to the slot `at`. */
  | ({ do: "batch"; words: string[]; models: number; count: number; at: number } & StartStep);

/** `slot` is one of the run's tasks: one wish of the caller's. */
export type Step =
  | Start
  | { do: "repeat"; slot: number; times: number }
  | { do: "finish"; slot: number }
  | { do: "deliver"; slot: number; copies: number }
  /** ModelRiver sends the webhook of a request, which brings a row. */
  | { do: "content"; number: number; copies: number }
  | { do: "drop"; slot: number }
  /** The provider ends it so long after its start, and sends no webhook. */
  | { do: "lose"; slot: number; afterSeconds: number }
  | { do: "reorder"; seed: number }
  | { do: "contradict"; slot: number }
  | { do: "gossip"; slot: number }
  | { do: "corrupt"; slot: number; how: Corruption }
  | { do: "pass"; seconds: number }
  | { do: "skew"; seconds: number }
  | { do: "d1"; mode: D1Mode; calls: number }
  | { do: "outage"; isAway: boolean }
  | { do: "evict"; slot: number; of: Sight; sockets: "hibernate" | "close" }
  | { do: "kill"; during: Step | null; afterMs: number }
  | { do: "watch"; slot: number; sight: Sight; knows: boolean; byTicket: boolean }
  | { do: "leave"; which: number }
  /** The owner erases the task, whatever becomes of it. */
  | { do: "erase"; slot: number }
  /** The user erases everything so far. */
  | { do: "eraseUser" }
  | { do: "read"; slot: number }
  | { do: "list"; limit: number }
  | { do: "together"; steps: Step[] };

/** The roads of events, by the name of the receiver at the end. */
export const ROADS = ["url", "queue", "hook"] as const;
export type Road = (typeof ROADS)[number];

/**
 * At the so manieth attempt that comes: before it has its answer, or so many milliseconds after that was sent.
 */
export interface Cut {
  attempt: number;
  afterMs: number | null;
}

/** When a run ends: once everything agrees, once the rooms are cleaned, or once all rows are past their retention. */
export type End = "agreed" | "cleaned" | "outlived";

export interface Plan {
  /** The provider's wire format in this run. */
  generation: Generation;
  end: End;
  /** The only fault is that no webhook is ever sent; the run measures how long that goes unnoticed. */
  losesAll?: boolean;
  /** What attempts at an event meet at the end of each road. */
  receivers?: Record<Road, string>;
  /** A power cut while events go out. */
  cut?: Cut;
  steps: Step[];
}

/** The tasks that a start is for. */
export function tasksOf(start: Start): number {
  return start.do === "batch" ? start.words.length * start.models : 1;
}

/** A step on one line. */
export function lineOf(step: Step): string {
  switch (step.do) {
    case "together":
      return `together { ${step.steps.map(lineOf).join("; ")} }`;
    case "kill":
      return `kill ${step.during ? `${step.afterMs} ms into { ${lineOf(step.during)} }` : ""}`;
    default: {
      const { do: name, ...how } = step;
      const pairs = Object.entries(how).filter(([, value]) => value !== "");
      return [name, ...pairs.map(([key, value]) => `${key}=${value}`)].join(" ");
    }
  }
}
