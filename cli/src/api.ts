/** The admin API: what operators ask of a deployment. */

import { createHttp, withToken } from "../../client/src/http.ts";
import type { Task } from "../../client/src/wire.ts";
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
} from "./admin_types.ts";

export interface Options {
  signal?: AbortSignal | undefined;
}

export interface TaskwireAdmin {
  deliveries(query?: DeliveryQuery, options?: Options): Promise<DeliveryPage>;
  delivery(id: string, options?: Options): Promise<DeliveryDetail>;
  replay(id: string, options?: Options): Promise<{ verdict: string }>;
  replayAll(range: ReplayRange, options?: Options): Promise<Replayed>;
  task(id: string, options?: Options): Promise<TaskHistory>;
  reconcile(id: string, options?: Options): Promise<Task>;
  events(query?: EventQuery, options?: Options): Promise<EventPage>;
  event(id: string, options?: Options): Promise<EventDetail>;
  resend(id: string, options?: Options): Promise<EventOut>;
  stats(since?: string | null, options?: Options): Promise<Stats>;
}

function queryOf(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** The calls of one deployment, with a server key that has the scope `admin`. */
export function taskwireAdmin({ baseUrl, getToken }: { baseUrl: string; getToken: () => string }): TaskwireAdmin {
  const { call } = createHttp(`${baseUrl}/admin`, withToken(getToken), undefined);
  const path = (kind: string, id: string) => `/${kind}/${encodeURIComponent(id)}`;
  const body = {};
  return {
    deliveries: (query = {}, options) => call(`/deliveries${queryOf(query)}`, options),
    delivery: async (id, options) =>
      (await call<{ delivery: DeliveryDetail }>(path("deliveries", id), options)).delivery,
    replay: (id, options) => call(`${path("deliveries", id)}/replay`, { ...options, body }),
    replayAll: (range, options) => call("/replay", { ...options, body: range }),
    task: (id, options) => call(path("tasks", id), options),
    reconcile: async (id, options) =>
      (await call<{ task: Task }>(`${path("tasks", id)}/reconcile`, { ...options, body })).task,
    events: (query = {}, options) => call(`/events${queryOf(query)}`, options),
    event: async (id, options) => (await call<{ event: EventDetail }>(path("events", id), options)).event,
    resend: async (id, options) =>
      (await call<{ event: EventOut }>(`${path("events", id)}/resend`, { ...options, body })).event,
    stats: (since, options) => call(`/stats${queryOf({ since })}`, options),
  };
}
