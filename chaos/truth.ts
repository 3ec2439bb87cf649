/**
 * What really happened, by the provider's word: which wishes it took, what it was paid for, how each
 * task ended, and which webhooks it was told were taken.
 *
 * Reads the provider's book, never the Worker. What a task should look like at the end is worked
 * out here from the contract alone.
 */

import type { Outcome, Task } from "../emulator/emulator.ts";

/** One wish of the caller's: it must not be paid for twice, however often it is sent. */
export class Wish {
  readonly slot: number;
  /** Images asked for. */
  readonly count: number;
  /** The body and headers that it is sent with, each time the same. */
  readonly body: string;
  readonly headers: Record<string, string>;
  /** When it was first sent, by the clock. */
  readonly sentAt: number;
  /** The tasks that the provider made for it: one, at most. */
  readonly paid: Task[] = [];
  /** The provider's id as the Worker told it to the caller. */
  told: string | null = null;
  /** Its provider has had a 2xx for the event that ended the task. */
  isAcknowledged = false;
  /** Its one event was sent to nobody: it has to be asked for. */
  isDropped = false;

  constructor(slot: number, count: number, body: string, headers: Record<string, string>, sentAt: number) {
    this.slot = slot;
    this.count = count;
    this.body = body;
    this.headers = headers;
    this.sentAt = sentAt;
  }

  get task(): Task | undefined {
    return this.paid[0];
  }

  get hasEnded(): boolean {
    return this.task !== undefined && this.task.status !== "pending";
  }

  /** What a late event that contradicts the provider's own word claims. */
  get opposite(): Outcome {
    return this.task?.status === "failed" ? "completed" : "failed";
  }
}

/** Both what the API shows and what the rows hold, in the fields that are the provider's to decide. */
export interface Ending {
  status: string;
  images: { status: string; imageId: string | null; url: string | null }[];
}

const NOTHING = { status: "failed", imageId: null, url: null };

/** How a task has to end, by the provider's book: its images in order, and rows without one failed. */
export function endingOf(task: Task, asked: number, base: string): Ending {
  if (task.status === "pending") {
    return { status: "pending", images: Array(asked).fill({ status: "pending", imageId: null, url: null }) };
  }
  if (task.status === "failed") return { status: "failed", images: Array(asked).fill(NOTHING) };
  const images = task.images.map((image) =>
    image.ok ? { status: "success", imageId: image.id, url: `${base}/images/${image.id}.png` } : NOTHING,
  );
  return { status: "completed", images: [...images, ...Array(Math.max(0, asked - images.length)).fill(NOTHING)] };
}
