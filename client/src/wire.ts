// The JSON of the API, as the server writes and reads it: plain interfaces, and nothing that runs.
// Written by `npm run openapi` from openapi.json, which is written from the server's own types: change those.

/** The provider's own token for the task. */
export interface Access {
  publicAccessToken: string;
}

/** Asks for what a workflow makes. */
export interface AiRequest {
  /** 1 to 200 characters. */
  workflow: string;
  /** 1 to 100. */
  messages: Record<string, unknown>[];
  /**
   * Comes back with the rows. 2048 bytes at most. None of its fields is `user_id` or `taskwire_intent`, and each is
   * 64 levels deep at most.
   */
  metadata?: Record<string, unknown>;
}

/** An image in words. */
export interface AltResult {
  alt: string;
  [more: string]: unknown;
}

/** The body of an error answer: `{"error":{"code","message","issues"?}}`. */
export interface ApiErrorBody {
  error: {
    /** For programs. */
    code: string;
    /** For people. */
    message: string;
    /** What is wrong with the request, field by field. */
    issues?: Issue[];
    /** When the limit that refused begins anew. ISO 8601 UTC. */
    resetsAt?: string | null;
  };
}

/** A batch that was started, and where it can be watched. */
export interface Batch {
  batchId: string;
  /** In the order of the request: the first prompt with every model, then the second, and so on. */
  tasks: (BatchStarted | ApiErrorBody)[];
  live: LiveTicket;
}

/** The tasks of a batch, newest first, including those that the provider refused. */
export interface BatchAnswer {
  batchId: string;
  tasks: Task[];
}

/** Every prompt with every model: the number of prompts times the number of models is 20 at most. */
export interface BatchRequest extends GenerateOptions {
  /** 1 to 20, each of 8192 characters at most. */
  prompts: string[];
  /** 1 to 20, each of 200 characters at most. */
  models: string[];
}

/** A task of a batch that was started. */
export interface BatchStarted {
  taskId: string;
  task: Task;
  /** Where the provider gave one. */
  access?: Access;
}

/** Money in the current window, in decimals. */
export interface BudgetUsage {
  amount: string;
  /** What ended tasks have cost. */
  spent: string;
  /** What those under way may cost. */
  reserved: string;
  left: string;
  /** ISO 8601 UTC. */
  resetsAt: string;
}

/** Whether the provider has been told what became of one event. */
export type CallbackStatus = "none" | "pending" | "delivered" | "failed" | "expired";

/** One asynchronous request. */
export interface Channel {
  channelId: string;
  status: Status;
  version: number;
  workflow: string | null;
  userId: string | null;
  error: TaskError | null;
  createdAt: string;
  updatedAt: string;
}

/** A channel and its first row. */
export interface ChannelAnswer {
  channel: Channel;
  content: Content | null;
}

/** The channel as it is now, and its first row. */
export interface ChannelFrame {
  type: "channel";
  channel: Channel;
  content: Content | null;
}

/** A ModelRiver request that was started, and where it can be watched. */
export interface ChannelStarted {
  channelId: string;
  channel: Channel;
  live: LiveTicket;
}

/** One result of a workflow, in the same form in answers, lists and frames. */
export interface Content {
  id: string;
  title: string;
  body: string;
  category: string;
  /** The data that the caller attached to the request, with the `model` and the `provider`. */
  metadata: Record<string, unknown>;
  /** The model's own data, unchanged. */
  data: unknown;
  channelId: string;
  eventName: string | null;
  source: "modelriver";
  /** The owner. Null: every signed-in user may read it. */
  userId: string | null;
  callback: CallbackStatus;
  /** ISO 8601 UTC. */
  createdAt: string;
}

export interface ContentAnswer {
  content: Content;
}

/** The owner has erased a row, or all of the channel, whose socket is then closed with 4404. */
export interface ContentErasedFrame {
  type: "erased";
  channelId: string;
  /** Null: all of the channel. */
  contentId: string | null;
}

/** A new row. Later changes of its callback are not sent: they are on the row when it is read. */
export interface ContentFrame {
  type: "content";
  content: Content;
}

/** Rows, newest first. There may be fewer than were asked for: a page ends at some 2 MB. */
export interface ContentPage {
  content: Content[];
  /** The `cursor` of the next page, null on the last one. */
  nextCursor: string | null;
}

/** The version given when connecting is the current one. */
export interface CurrentFrame {
  type: "current";
  version: number;
}

/** A webhook that came in, and what became of it. */
export interface Delivery {
  /** Rises with the order in which they were stored. */
  id: string;
  at: string;
  provider: string;
  /** The provider's word for what has happened. */
  event: string | null;
  /** What a repetition is recognized by. */
  providerDelivery: string | null;
  /** The task, or the channel. */
  taskId: string | null;
  /**
   * `applied`, `duplicate`, `stale`, `early`, `noted`, `unknown_type`, `unknown_task`, `bad_signature`, `malformed`,
   * `too_large` or `failed`.
   */
  verdict: string;
  /** Of the answer. At most 65535. */
  status: number;
  /** From its arrival until this was known. */
  ms: number;
  /** The length of its body. */
  bytes: number;
  /** Why it was refused. */
  reason: string | null;
}

export interface DeliveryAnswer {
  delivery: WholeDelivery;
}

/** Deliveries in their order. With a filter there may be fewer than were asked for, or none, before the last page. */
export interface DeliveryPage {
  deliveries: Delivery[];
  /** The `cursor` of the next page. Null on the last one; never null with the oldest first, where later ones follow. */
  nextCursor: string | null;
}

/** The owner has erased the task. A socket of the task alone is closed with 4404. */
export interface ErasedFrame {
  type: "erased";
  taskId: string;
}

/** What was erased is gone for whoever watches, and its rows will go: nothing has to be repeated. */
export interface Erasing {
  erasing: boolean;
}

/** In the provider's own words. */
export type Estimate = Record<string, unknown>;

/** One event. */
export interface EventAnswer {
  /** An event with what is sent. */
  event: {
    id: string;
    /** When its cause was. */
    at: string;
    type: EventType;
    /** The task, or the row of content. */
    taskId: string;
    version: number;
    state: Standing;
    /** By the names of the roads. */
    roads: Record<string, unknown>;
    /** JSON text. Thin where what the event is about is not as it was. */
    body: string;
  };
}

/** Events, in the order that was asked for. */
export interface EventPage {
  events: SentEvent[];
  /** The `cursor` of the next page. Null on the last one, but for `order=oldest`: a reader goes on from there. */
  nextCursor: string | null;
}

/** The types of events. */
export type EventType = "task.completed" | "task.failed" | "content.created";

/** One message of a socket. */
export type Frame =
  | ChannelFrame
  | ContentErasedFrame
  | ContentFrame
  | CurrentFrame
  | ErasedFrame
  | ProgressFrame
  | TaskFrame
  | UsageFrame;

/** What a start may ask for, besides the prompt and the model. */
export interface GenerateOptions {
  /** Asks for the provider's own token for the task. */
  access?: boolean | Record<string, unknown>;
  /** 1 to 20, 1 if it is left out. */
  count?: number;
  destination?: string | Record<string, unknown>;
  /** At most 20. */
  inputs?: unknown[];
  magic_prompt?: boolean;
  /**
   * Comes back with the task. 2048 bytes at most, with the ids of its images. None of its fields is `imageRowIds`,
   * and each is 64 levels deep at most.
   */
  metadata?: Record<string, unknown>;
  /** At most 8192 characters. */
  negative_prompt?: string;
  output?: string | Record<string, unknown>;
  rating?: boolean | Record<string, unknown>;
  size?: string | Record<string, unknown>;
}

/** Asks for images. */
export interface GenerateRequest extends GenerateOptions {
  /** 1 to 8192 characters. */
  prompt: string;
  /** 1 to 200 characters. */
  model: string;
}

/** One image of a task. It is there before its picture is. */
export interface Image {
  /** The id of its row. */
  id: string;
  position: number;
  mynthTaskId: string | null;
  requestedModel: string | null;
  status: ImageStatus;
  imageId: string | null;
  url: string | null;
  error: TaskError | null;
}

/** Asks for something with an image. */
export interface ImageRequest {
  /** At most 4096 characters. */
  url: string;
  /** Asks for the provider's own token for the task. */
  access?: boolean | Record<string, unknown>;
}

/** An image made of another. */
export interface ImageResult {
  image: Made;
  [more: string]: unknown;
}

export type ImageStatus = "pending" | "success" | "failed";

/**
 * What is wrong with one field. `path` is the field's name, such as `a`, `a.b` or `a[0]`, and empty for the whole
 * request.
 */
export interface Issue {
  path: string;
  message: string;
}

/** Where something can be watched, and the ticket for it. */
export interface LiveTicket {
  /** The path of the socket. */
  url: string;
  ticket: string;
  expiresAt: string;
}

/** An image or a video, made or not. The provider has more to say of it, in changing words. */
export interface Made {
  /** `success`, or `succeeded` in older generations; anything else is a failure. */
  status: string;
  /** There once it is made. */
  id?: string | null;
  /** Null where it could not be put where it was to go. */
  url?: string | null;
  [more: string]: unknown;
}

export interface Model {
  /** The value for a request's `model`. */
  id: string;
  /** The name to show. */
  name: string;
}

/** The models that can be asked for. */
export interface Models {
  models: Model[];
}

/** How an event stands on one road. */
export interface OnRoad {
  state: Standing;
  attempts: number;
  /** What was answered last, where that is an HTTP status. At most 65535. */
  status: number | null;
  /** The last attempt, or the last look at whether there can be one. */
  at: string;
  /** The next one. */
  nextAt: string | null;
  /**
   * `gone`, `exhausted` or `undeliverable`: it was given up. `no_answer`, `held` (a setting is wrong) or `absent`
   * (the destination is off, or not set): it waits.
   */
  reason: string | null;
}

/** One thing that a task has made: a file at an address, a text, or a value. */
export interface Output {
  type: OutputType;
  contentType?: string;
  /** When the provider deletes it, where that is known. ISO 8601 UTC. */
  expiresAt?: string;
  text?: string;
  url?: string;
  /** Left out where it is large: `result` has it. */
  value?: unknown;
}

/** The sort of an output. */
export type OutputType = "image" | "video" | "audio" | "text" | "file" | "json";

/** How far the task has come: at most four a second, and only while it is pending. It has no version. */
export interface ProgressFrame {
  type: "progress";
  taskId: string;
  /** From 0 to 1. Null: the provider does not say. */
  progress: number | null;
  /** In a few words, such as a place in the queue. */
  message?: string;
}

/** Asks for an image's rating. */
export interface RateRequest {
  /** At most 4096 characters. */
  url: string;
  /** Asks for the provider's own token for the task. */
  access?: boolean | Record<string, unknown>;
  mode?: string;
}

/** How fit for whom an image is. */
export interface RateResult {
  /** `sfw`, for one. */
  level: string;
  [more: string]: unknown;
}

/** Those that came from `since` until before `until`. */
export interface ReplayRange {
  since: string;
  until: string;
  /** The `nextCursor` of the same range. 1 to 200 characters. */
  cursor?: string;
  /** Only these, with commas between them. 1 to 200 characters. */
  verdict?: string;
}

/** What became of a delivery that was repeated. */
export interface Replayed {
  verdict: string;
}

/** What became of those that were repeated. */
export interface ReplayedAll {
  replayed: number;
  /** Those that cannot be repeated. */
  skipped: number;
  verdicts: Record<string, unknown>;
  /** The `cursor` to go on with. Null: that was all. */
  nextCursor: string | null;
}

/** An event that is sent again. */
export interface ResentEvent {
  event: SentEvent;
}

/** Asks for an image's review. */
export interface ReviewRequest {
  /** At most 4096 characters. */
  url: string;
  /** Asks for the provider's own token for the task. */
  access?: boolean | Record<string, unknown>;
  effort?: string;
}

/** What is good and what is not in an image. */
export interface ReviewResult {
  score: number;
  summary: string;
  findings: string[];
  strengths: string[];
  [more: string]: unknown;
}

/** Asks a provider to run a model. */
export interface RunRequest {
  /** One of replicate, fal. 1 to 200 characters. */
  provider: string;
  /** As its provider calls it, such as `owner/name`. 1 to 200 characters. */
  model: string;
  /**
   * The model's own. 262144 bytes of JSON at most, and 64 levels deep. Its `prompt`, where that is a text, is the
   * task's.
   */
  input: Record<string, unknown>;
}

/** Tasks under way. */
export interface RunningUsage {
  limit: number;
  now: number;
}

/** An event as its row says that it stands. */
export interface SentEvent {
  id: string;
  /** When its cause was. */
  at: string;
  type: EventType;
  /** The task, or the row of content. */
  taskId: string;
  version: number;
  state: Standing;
  /** By the names of the roads. */
  roads: Record<string, unknown>;
}

export interface Stage {
  count: number;
  p50: number | null;
  p99: number | null;
}

/** How an event stands: failed if it has failed on one road, and delivered if it was on all. */
export type Standing = "delivered" | "waiting" | "failed";

/** A kind of task; or a model of a provider that runs many. */
export type StartRequest = TaskRequest | RunRequest;

/** A task that was started, and where it can be watched. */
export interface Started {
  taskId: string;
  mynthTaskId: string;
  task: Task;
  live: LiveTicket;
  /** Where the provider gave one. */
  access?: Access;
}

/** Starts in the current window. */
export interface StartsUsage {
  limit: number;
  left: number;
  /** ISO 8601 UTC. */
  resetsAt: string;
}

/** Figures since a full hour. */
export interface Stats {
  since: string;
  until: string;
  /** There were more deliveries than the newest 20,000, which are counted. */
  isPartial: boolean;
  /** Besides those of deliveries: `polled` and `timeout`, of tasks that ended without one. */
  verdicts: Record<string, unknown>;
  /** Deliveries of each. */
  providers: Record<string, unknown>;
  /** Of tasks that deliveries have ended; so are the kinds and the stages. */
  statuses: { completed: number; failed: number };
  kinds: Record<string, unknown>;
  /** Where the time of tasks went, in milliseconds. */
  stages: { start: Stage; provider: Stage; apply: Stage; d1: Stage };
  hours: { at: string; verdicts: Record<string, unknown> }[];
  /** Tasks under way. */
  pending: {
    /** 10,000 at most. */
    count: number;
    oldestAt: string | null;
  };
  /** Events out: all that wait or were given up, and those of this time that were delivered. */
  events: { waiting: number; failed: number; delivered: number };
  destinations: {
    destination: string;
    failingSince: string;
    /** Nothing is sent to it any more. */
    isOff: boolean;
  }[];
  /** What should be looked at now. */
  problems: {
    /** For programs. */
    what: string;
    /** For people. */
    detail: string;
  }[];
}

export type Status = "pending" | "completed" | "failed";

/** A task, in the same form in answers, lists and frames. */
export interface Task {
  /** Null until the provider has accepted the task. */
  taskId: string | null;
  /** The same, under the name that older front ends read. */
  mynthTaskId: string | null;
  /** Who has it. */
  provider: string;
  kind: string;
  userId: string;
  status: Status;
  /** Rises with every change: of two copies, the one with the higher version is the newer. */
  version: number;
  prompt: string | null;
  requestedModel: string | null;
  model: string | null;
  error: TaskError | null;
  /** A decimal number, as the provider writes it. */
  cost: string | null;
  /** The caller's own metadata. */
  metadata: Record<string, unknown>;
  createdAt: string;
  updatedAt: string;
  images: Image[];
  /** What it has made, in one form for every provider. */
  outputs: Output[];
  /**
   * What kinds other than `image.generate` return, as the provider wrote it. `TaskResult` has the shape for each
   * kind.
   */
  result: unknown;
}

export interface TaskAnswer {
  task: Task;
}

/** Why a task or an image failed: a lower_snake code for programs, a sentence for people. */
export interface TaskError {
  code: string;
  message: string;
}

/** A task as it is now. */
export interface TaskFrame {
  type: "task";
  task: Task;
}

/**
 * Tasks, newest first. With a filter there may be fewer than were asked for, or none, before the last page: it looks
 * at 1,000 tasks.
 */
export interface TaskPage {
  tasks: Task[];
  /** The `cursor` of the next page, null on the last one. */
  nextCursor: string | null;
}

/** A kind of task, and what it is asked with. */
export type TaskRequest =
  | { kind: "image.generate"; request: GenerateRequest }
  | { kind: "image.rate"; request: RateRequest }
  | { kind: "image.alt"; request: ImageRequest }
  | { kind: "image.review"; request: ReviewRequest }
  | { kind: "image.remove_background"; request: ImageRequest }
  | { kind: "image.upscale"; request: UpscaleRequest }
  | { kind: "video.generate"; request: VideoRequest };

/** A kind of task, and what it returns when it is completed. */
export type TaskResult =
  | { kind: "image.rate"; result: RateResult }
  | { kind: "image.alt"; result: AltResult }
  | { kind: "image.review"; result: ReviewResult }
  | { kind: "image.remove_background"; result: ImageResult }
  | { kind: "image.upscale"; result: ImageResult }
  | { kind: "video.generate"; result: VideoResult };

/** Any owner's task, and what became of it, the oldest first. */
export interface TaskTimeline {
  task: Task;
  timeline: TimelineEntry[];
}

/** A ticket for sockets and reads of one thing. It is valid for an hour. */
export interface Ticket {
  ticket: string;
  expiresAt: string;
}

/** One thing that has happened. */
export interface TimelineEntry {
  at: string;
  what: What;
  /** In plain words. */
  detail: string;
  deliveryId?: string | null;
  eventId?: string | null;
  /** How long it took, in milliseconds. */
  ms?: number | null;
  /** How the event stands. */
  state?: Standing | null;
  /** What became of the webhook. */
  verdict?: string | null;
}

/** Asks for a larger image. */
export interface UpscaleRequest {
  /** At most 4096 characters. */
  url: string;
  size: "2x" | "4x";
  effort: "low" | "high";
  /** Asks for the provider's own token for the task. */
  access?: boolean | Record<string, unknown>;
}

/** What is used of each limit, and what is left. Null where there is no such limit. */
export interface Usage {
  starts: StartsUsage | null;
  running: RunningUsage | null;
  budget: BudgetUsage | null;
}

/** What is used of the limits has changed. */
export interface UsageFrame {
  type: "usage";
  usage: Usage;
}

/** Asks for a video. */
export interface VideoRequest {
  /** 1 to 8192 characters. */
  prompt: string;
  /** 1 to 200 characters. */
  model: string;
  /** Asks for the provider's own token for the task. */
  access?: boolean | Record<string, unknown>;
  audio?: boolean | Record<string, unknown>;
  duration?: number | string;
  /** At most 20. */
  inputs?: unknown[];
  resolution?: string | Record<string, unknown>;
}

/** The videos that were made. */
export interface VideoResult {
  model: string;
  videos: Made[];
  [more: string]: unknown;
}

/** What a page needs to sign people in. */
export interface WebConfig {
  /** The OIDC issuer. */
  issuer: string;
  clientId: string;
  /** The `aud` that tokens must have. */
  audience: string;
  /** `id_token` where the page has to send that: the issuer's access tokens are opaque. */
  pageToken?: string | null;
}

/** What has happened. */
export type What = "created" | "accepted" | "delivery" | "polled" | "ended" | "behind" | "event" | "erased";

/** The same with its body. */
export interface WholeDelivery {
  /** Rises with the order in which they were stored. */
  id: string;
  at: string;
  provider: string;
  /** The provider's word for what has happened. */
  event: string | null;
  /** What a repetition is recognized by. */
  providerDelivery: string | null;
  /** The task, or the channel. */
  taskId: string | null;
  /**
   * `applied`, `duplicate`, `stale`, `early`, `noted`, `unknown_type`, `unknown_task`, `bad_signature`, `malformed`,
   * `too_large` or `failed`.
   */
  verdict: string;
  /** Of the answer. At most 65535. */
  status: number;
  /** From its arrival until this was known. */
  ms: number;
  /** The length of its body. */
  bytes: number;
  /** Why it was refused. */
  reason: string | null;
  /** The first 64 KB, or 2 KB of what was refused. Null once erased. */
  body: string | null;
  /** Whether that is all of it. */
  isComplete: boolean;
  /** The task that it has ended: its kind and status, and how long each stage took, in milliseconds. */
  settled: unknown;
}

export interface ListQuery {
  /** How many. 1 to 100, 20 if it is left out. */
  limit?: number | null;
  /** The `nextCursor` of the page before. 1 to 64 characters. */
  cursor?: string | null;
}

export interface TaskQuery {
  /** How many. 1 to 100, 20 if it is left out. */
  limit?: number | null;
  /** The `nextCursor` of the page before. 28 characters. */
  cursor?: string | null;
  /** Only those in this state. */
  status?: Status | null;
  /** Only those of this kind. 1 to 64 characters. */
  kind?: string | null;
}

/** What each kind of task is asked with. */
export type Requests = { [Each in TaskRequest as Each["kind"]]: Each["request"] };

/** What each kind of task returns. */
export type Results = { [Each in TaskResult as Each["kind"]]: Each["result"] };

/** How far a task has come: from 0 to 1, or null where the provider does not say. */
export interface TaskProgress {
  value: number | null;
  message?: string | undefined;
}

export interface Task {
  /** While it is pending and watched on its own, where the provider says so. It has no version. */
  progress?: TaskProgress | undefined;
}

/** A task of a kind that is known, with what it returns once it is completed. */
export type TaskOf<Kind extends keyof Results> = Task & { kind: Kind; result: Results[Kind] | null };
