/**
 * What can be done in a run. A step is plain data and says nothing of what came before, so any
 * sub-list of a run's steps is a run as well: that is what lets a failing one be made shorter.
 */

import type { Kind } from "../emulator/mynth/kinds.ts";
import type { Generation } from "../emulator/options.ts";
import type { D1Mode } from "./shim.ts";

/** What happens between the provider's yes and its answer. */
export type Meanwhile = "nothing" | "webhook" | "cut" | "kill";

export type Corruption = "body" | "signature" | "secret" | "stale" | "unsigned";

/** What a watcher looks at: one task, the batch it is of, or all that its user has. */
export type Sight = "task" | "batch" | "feed";

/** What every start says: `slot` is the first of its tasks, `keyed` whether it carries an idempotency key. */
interface StartStep {
  slot: number;
  keyed: boolean;
  meanwhile: Meanwhile;
}

export type Start =
  | ({ do: "start"; count: number; word: string } & StartStep)
  | ({ do: "kind"; kind: Kind; word: string } & StartStep)
  /** A prompt for every word, with every model: a slot each. `at` is the slot that `meanwhile` is of. */
  | ({ do: "batch"; words: string[]; models: number; count: number; at: number } & StartStep);

/** `slot` is one of the run's tasks: one wish of the caller's. */
export type Step =
  | Start
  | { do: "repeat"; slot: number; times: number }
  | { do: "finish"; slot: number }
  | { do: "deliver"; slot: number; copies: number }
  | { do: "drop"; slot: number }
  /** The provider ends it so long after its start, and says so to nobody. */
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
  /** The user erases all that there is until now. */
  | { do: "eraseUser" }
  | { do: "read"; slot: number }
  | { do: "list"; limit: number }
  | { do: "together"; steps: Step[] };

/** How long a run is watched: until all agrees, until the rooms are cleaned, or until no row is kept any more. */
export type End = "agreed" | "cleaned" | "outlived";

export interface Plan {
  /** The provider's wire in this run. */
  generation: Generation;
  end: End;
  /** Nothing goes wrong but that no webhook is ever sent: how long that goes unnoticed is measured. */
  losesAll?: boolean;
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
