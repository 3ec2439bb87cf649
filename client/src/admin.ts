// @taskwire/client/admin: what operators ask of a deployment. It takes a person's token that has the claims for it, or a
// server's key that has the scope `admin`.
import type {
  DeliveryDetail,
  DeliveryPage,
  DeliveryQuery,
  EventDetail,
  EventOut,
  EventPage,
  EventQuery,
  Replayed,
  ReplayRange,
  Stats,
  TaskHistory,
  Verdict,
} from "./admin_types.ts";
import { type CallerOptions, pathOf } from "./calls.ts";
import { type FollowOptions, follow } from "./follow.ts";
import { createHttp, type GetToken, withToken } from "./http.ts";
import type { Task, TaskAnswer } from "./wire.ts";

export type * from "./admin_types.ts";
export type { CallerOptions } from "./calls.ts";
export { TaskwireError } from "./error.ts";
export type { FollowOptions, FollowState } from "./follow.ts";
export type { GetToken, GetTokenOptions } from "./http.ts";
export type { Task } from "./wire.ts";

export interface TaskwireAdminOptions {
  /** The server's address, `https://…`. Defaults to the page's own origin. */
  baseUrl?: string | undefined;
  /** Returns the operator's JWT, or a server's key. It is called before every request. */
  getToken: GetToken;
  /** For runtimes without a global `fetch`. */
  fetch?: typeof fetch | undefined;
}

export interface TaskwireAdmin {
  /** One page of the webhooks that came in. */
  deliveries(query?: DeliveryQuery, options?: CallerOptions): Promise<DeliveryPage>;
  delivery(id: string, options?: CallerOptions): Promise<DeliveryDetail>;
  /**
   * Takes a delivery again, as if its provider had sent it again. One that was applied is a `duplicate` then. Rejects with
   * `gone` where its body is not kept, and with `not_replayable` where its signature was never verified.
   */
  replay(id: string, options?: CallerOptions): Promise<{ verdict: Verdict }>;
  /** Replays the deliveries of a time, oldest first: 200 at most. Go on with the `nextCursor`, until that is null. */
  replayAll(range: ReplayRange, options?: CallerOptions): Promise<Replayed>;
  /** Anybody's task, by the provider's id or ours, and what has happened to it. */
  task(id: string, options?: CallerOptions): Promise<TaskHistory>;
  /** Asks the provider now, and returns the task as it is then. */
  reconcile(id: string, options?: CallerOptions): Promise<Task>;
  /** One page of the events that went out to the app's own backend, or will. */
  events(query?: EventQuery, options?: CallerOptions): Promise<EventPage>;
  event(id: string, options?: CallerOptions): Promise<EventDetail>;
  /** Sends an event again under its own id, on every road that is configured. */
  resend(id: string, options?: CallerOptions): Promise<EventOut>;
  /** Figures since a time, by default of the last 24 hours. */
  stats(since?: string | null, options?: CallerOptions): Promise<Stats>;
  /**
   * Tells of new deliveries as they come: in order, each once, every two seconds, and with a backoff while the server is
   * away. It rests while the page is hidden. Resolves when `signal` is aborted, and rejects with an error that no retry
   * can change.
   */
  follow(options: FollowOptions): Promise<void>;
}

function withQuery(path: string, query: object | undefined): string {
  const given = Object.entries({ ...query }).filter(([, value]) => value != null && value !== "");
  const text = new URLSearchParams(given as [string, string][]).toString();
  return text ? `${path}?${text}` : path;
}

export function taskwireAdmin({ baseUrl = "", getToken, fetch }: TaskwireAdminOptions): TaskwireAdmin {
  const { call } = createHttp(baseUrl.replace(/\/$/, ""), withToken(getToken), fetch);
  const one = (kind: string, id: string): string => `/admin${pathOf(kind, id)}`;
  const admin: TaskwireAdmin = {
    deliveries: (query, options) => call(withQuery("/admin/deliveries", query), options),
    delivery: async (id, options) =>
      (await call<{ delivery: DeliveryDetail }>(one("deliveries", id), options)).delivery,
    replay: (id, options) => call(`${one("deliveries", id)}/replay`, { ...options, body: {} }),
    replayAll: (body, options) => call("/admin/replay", { ...options, body }),
    task: (id, options) => call(one("tasks", id), options),
    reconcile: async (id, options) =>
      (await call<TaskAnswer>(`${one("tasks", id)}/reconcile`, { ...options, body: {} })).task,
    events: (query, options) => call(withQuery("/admin/events", query), options),
    event: async (id, options) => (await call<{ event: EventDetail }>(one("events", id), options)).event,
    resend: async (id, options) =>
      (await call<{ event: EventOut }>(`${one("events", id)}/resend`, { ...options, body: {} })).event,
    stats: (since, options) => call(withQuery("/admin/stats", { since }), options),
    follow: (options) => follow(admin.deliveries, options),
  };
  return admin;
}
