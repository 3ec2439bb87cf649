/**
 * The ground truth, from the provider's book: which wishes it accepted, what it was paid for, how each
 * task ended, and which webhooks got a 2xx.
 *
 * Reads the provider's book, never the Worker. What a task should look like at the end is worked
 * out here from the contract alone.
 */

import type { Outcome, Task } from "../emulator/emulator.ts";
import type { Kind } from "../emulator/mynth/kinds.ts";
import { resultOf } from "../emulator/mynth/results.ts";
import type { Ticket } from "./tickets.ts";

/** A request that starts a task, or a batch of them. */
export class Order {
  readonly path: string;
  /** The body and headers that it is sent with, each time the same. */
  readonly body: string;
  readonly headers: Record<string, string>;
  /** When it was first sent, by the clock. */
  readonly sentAt: number;
  /** In the order in which the answer has them. */
  readonly wishes: Wish[] = [];
  /** The batch's id, from the Worker. */
  batchId: string | null = null;
  /** Its requests under way, with the time on the Worker's clock when each was sent. */
  readonly underWay = new Set<{ at: number }>();
  /** The ticket in the last answer. */
  ticket: Ticket | null = null;

  constructor(path: string, body: object, key: string | null, sentAt: number) {
    this.path = path;
    this.body = JSON.stringify(body);
    this.headers = { "content-type": "application/json", ...(key === null ? {} : { "idempotency-key": key }) };
    this.sentAt = sentAt;
  }

  get isBatch(): boolean {
    return this.path === "/generate/batch";
  }

  get isKeyed(): boolean {
    return "idempotency-key" in this.headers;
  }
}

/** One task that the caller wants: it must not be paid for twice, however often it is asked for. */
export class Wish {
  readonly slot: number;
  readonly order: Order;
  readonly kind: Kind;
  /** Images asked for, each with a row; 0 for kinds that return something else. */
  readonly count: number;
  /** The tasks that the provider made for it: at most one. */
  readonly paid: Task[] = [];
  /** The provider's id as the Worker told it to the caller. */
  told: string | null = null;
  /** The provider got a 2xx for the event that ended the task. */
  isAcknowledged = false;
  /** Its only event was never sent, so the Worker has to poll. */
  isDropped = false;
  /** When the provider ended it, by the clock, if its event was dropped. */
  endedAt: number | null = null;
  /** Its row was made between these times on the Worker's clock, right or wrong. */
  born = { from: 0, to: Infinity };
  /** Its owner has asked for it to be erased, whatever the answer. */
  isUnwanted = false;
  /** When its owner was first promised that it is erased, by the clock. */
  promisedAt: number | null = null;
  /** Its owner was told that it is gone, including its rows. */
  isGone = false;
  /** How often the provider was polled for it. */
  looks = 0;
  /** How often that was before it ended. */
  looksInVain = 0;

  constructor(slot: number, order: Order, kind: Kind, count: number) {
    this.slot = slot;
    this.order = order;
    this.kind = kind;
    this.count = count;
    order.wishes.push(this);
  }

  get task(): Task | undefined {
    return this.paid[0];
  }

  get hasEnded(): boolean {
    return this.task !== undefined && this.task.status !== "pending";
  }

  /**
   * If the answer to its start was lost, a task without rows cannot be recognized later. All that
   * can be expected is that the caller was told that the start failed.
   */
  get mayBeNobodys(): boolean {
    return this.count === 0 && this.told === null;
  }

  /** What an event that contradicts the provider's first one claims. */
  get opposite(): Outcome {
    return this.task?.status === "failed" ? "completed" : "failed";
  }
}

/** What the rows, the object and the API show of a task, in the fields that the provider decides. */
export interface Ending {
  kind: string;
  status: string;
  /** The error's code. */
  error: string | null;
  images: { status: string; imageId: string | null; url: string | null }[];
  result: unknown;
}

const NOTHING = { status: "failed", imageId: null, url: null };
const UNKNOWN = { status: "pending", imageId: null, url: null };

/** How a task has to end, by the provider's book: its images in order, and rows without one failed. */
export function endingOf(task: Task, asked: number, base: string): Ending {
  const { kind, status } = task;
  const rows = (row: Ending["images"][number], many = asked) => Array<typeof row>(many).fill(row);
  if (status === "pending") return { kind, status, error: null, images: rows(UNKNOWN), result: null };
  if (status === "failed") {
    const error = task.keywords.has("fail-silent") ? "generation_failed" : "restricted_content";
    return { kind, status, error, images: rows(NOTHING), result: null };
  }
  if (kind !== "image.generate")
    return { kind, status, error: null, images: [], result: resultOf(task.generation, task, base) };
  const images = task.images.map((image) =>
    image.ok ? { status: "success", imageId: image.id, url: `${base}/images/${image.id}.png` } : NOTHING,
  );
  return {
    kind,
    status,
    error: null,
    images: [...images, ...rows(NOTHING, Math.max(0, asked - images.length))],
    result: null,
  };
}
