/** Mynth as tests see it: what it has in its book, what it sent, and what they may make it do. */

import type { Attempt } from "./delivery.ts";
import type { DeliverOptions, Mynth } from "./provider.ts";
import type { Outcome, Task } from "./tasks.ts";

export type { Attempt, DeliverOptions, Outcome, Task };

export interface MynthControl {
  /** By task id, oldest first. */
  tasks: Map<string, Task>;
  /** Every webhook attempt that has its answer, oldest first. */
  deliveries: readonly Attempt[];
  /** Sends a task's webhooks now, settling it first; resolves with each copy's first attempt. */
  deliver(taskId: string, how?: DeliverOptions): Promise<Attempt[]>;
  /** Settles a task and sends nothing. */
  finish(taskId: string, outcome?: Outcome): Task;
}

export function controlOf(mynth: Mynth): MynthControl {
  return {
    tasks: mynth.book.byId,
    deliveries: mynth.outbox.deliveries,
    deliver: (taskId, how) => mynth.deliver(taskId, how),
    finish: (taskId, outcome) => mynth.finish(taskId, outcome),
  };
}
