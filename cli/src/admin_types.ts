// What operators ask about, as the server answers it: webhooks that came in, events that went out, and figures of both.
import type { Task } from "../../client/src/wire.ts";

/** What became of a webhook. `failed`: it could not be taken, so the provider sends it again. */
export type Verdict =
  | "applied"
  | "duplicate"
  | "stale"
  | "early"
  | "noted"
  | "unknown_type"
  | "unknown_task"
  | "bad_signature"
  | "malformed"
  | "too_large"
  | "failed";

/** One webhook. */
export interface Delivery {
  /** Rises in the order in which deliveries were stored. */
  id: string;
  /** When it arrived. ISO 8601 UTC. */
  at: string;
  provider: string;
  /** The provider's name for what it tells. */
  event: string | null;
  /** The provider's own id for it. A retry has the same. */
  providerDelivery: string | null;
  /** A task's id or a channel's. */
  taskId: string | null;
  verdict: Verdict;
  /** The HTTP status that it was answered with. */
  status: number;
  /** From its arrival until it was stored, or refused. */
  ms: number;
  bytes: number;
  /** Why it was refused. */
  reason: string | null;
}

export type Stage = "start" | "provider" | "apply" | "d1";

/** How a delivery ended its task. */
export interface Settled {
  kind: string;
  status: string;
  /** Milliseconds. */
  stages: Partial<Record<Stage, number | null>>;
}

export interface DeliveryDetail extends Delivery {
  /** Null once it was erased. */
  body: string | null;
  /** False: the body is longer than what was kept of it. */
  isComplete: boolean;
  /** Null for a delivery that ended no task. */
  settled: Settled | null;
}

export interface DeliveryFilter {
  task?: string | null | undefined;
  /** Several are separated by commas. */
  verdict?: Verdict | (string & {}) | null | undefined;
  provider?: string | null | undefined;
  /** ISO 8601. */
  since?: string | null | undefined;
}

export interface DeliveryQuery extends DeliveryFilter {
  /** 1 to 100, 50 if it is left out. */
  limit?: number | null | undefined;
  /** The `nextCursor` of a page with the same filter and order. */
  cursor?: string | null | undefined;
  /** Newest first if it is left out. */
  order?: "newest" | "oldest" | null | undefined;
}

export interface DeliveryPage {
  deliveries: Delivery[];
  /** Null on the last page. Never null with `order: "oldest"`: later deliveries come after it. */
  nextCursor: string | null;
}

export interface ReplayRange {
  since: string;
  until: string;
  verdict?: Verdict | (string & {}) | undefined;
  cursor?: string | undefined;
}

/** What became of up to 200 deliveries. */
export interface Replayed {
  replayed: number;
  /** Those that cannot be replayed. */
  skipped: number;
  verdicts: Partial<Record<Verdict, number>>;
  /** There are more. */
  nextCursor: string | null;
}

/** One moment in the life of a task. */
export interface TimelineEntry {
  at: string;
  what: "created" | "accepted" | "delivery" | "polled" | "ended" | "behind" | "event" | "erased" | (string & {});
  /** A short sentence. */
  detail: string;
  /** How long it took. */
  ms?: number;
  deliveryId?: string;
  verdict?: Verdict;
  eventId?: string;
  state?: EventState;
}

export interface TaskHistory {
  task: Task;
  /** Oldest first. */
  timeline: TimelineEntry[];
}

export type EventState = "delivered" | "waiting" | "failed";

/** How far an event has come on one road: an address, a queue or another Worker. */
export interface Road {
  state: EventState;
  attempts: number;
  /** The HTTP status of the last answer. */
  status: number | null;
  /** When it was last tried. */
  at: string | null;
  nextAt: string | null;
  reason: string | null;
}

/** One event for the app's own backend. */
export interface EventOut {
  id: string;
  at: string;
  type: string;
  /** A task's id, or that of a row of content. */
  taskId: string;
  version: number;
  state: EventState;
  /** By the name of the road. */
  roads: Record<string, Road>;
}

export interface EventDetail extends EventOut {
  /** The JSON as it is sent. */
  body: string;
}

export interface EventQuery {
  state?: EventState | null | undefined;
  task?: string | null | undefined;
  limit?: number | null | undefined;
  cursor?: string | null | undefined;
  order?: "newest" | "oldest" | null | undefined;
}

export interface EventPage {
  events: EventOut[];
  nextCursor: string | null;
}

/** Milliseconds. Null where nothing was counted. */
export interface StageTimes {
  count: number;
  p50: number | null;
  p99: number | null;
}

export interface Stats {
  since: string;
  until: string;
  /** There were too many deliveries: only the newest are counted. */
  isPartial: boolean;
  /** Verdicts, and `polled` and `timeout` for tasks that ended without a webhook. */
  verdicts: Record<string, number>;
  providers: Record<string, number>;
  statuses: Record<string, number>;
  kinds: Record<string, number>;
  stages: Record<Stage, StageTimes>;
  hours: { at: string; verdicts: Record<string, number> }[];
  /** Tasks under way. */
  pending: { count: number; oldestAt: string | null };
  events: Record<EventState, number>;
  destinations: { destination: string; failingSince: string | null; isOff: boolean }[];
  /** What needs a look now. */
  problems: { what: string; detail: string }[];
}
