// The views of the operator's page. The path is always /admin, because what is below it is the API's: a view is in the
// query. Pure.

export type Address =
  | { view: "overview" }
  | ({ view: "deliveries" } & DeliveryChoice)
  | { view: "delivery"; id: string }
  | { view: "task"; id: string }
  | ({ view: "events" } & EventChoice)
  | { view: "event"; id: string };

/** The filter of the list of deliveries. An empty text is no filter. */
export interface DeliveryChoice {
  verdict: string;
  provider: string;
  task: string;
  /** A name of SINCE, or an ISO 8601 time. */
  since: string;
}

/** The filter of the list of events. The address says `status`, because `state` belongs to the sign-in. */
export interface EventChoice {
  status: string;
  task: string;
}

export const NO_DELIVERY_CHOICE: DeliveryChoice = { verdict: "", provider: "", task: "", since: "" };
export const NO_EVENT_CHOICE: EventChoice = { status: "", task: "" };

/** How long ago a list may begin. */
export const SINCE: Record<string, { label: string; ms: number }> = {
  "15m": { label: "Last 15 minutes", ms: 900_000 },
  "1h": { label: "Last hour", ms: 3_600_000 },
  "24h": { label: "Last 24 hours", ms: 86_400_000 },
  "7d": { label: "Last 7 days", ms: 7 * 86_400_000 },
};

export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const text = (name: string): string => query.get(name) ?? "";
  switch (query.get("view")) {
    case "deliveries":
      return {
        view: "deliveries",
        verdict: text("verdict"),
        provider: text("provider"),
        task: text("task"),
        since: text("since"),
      };
    case "events":
      return { view: "events", status: text("status"), task: text("task") };
  }
  for (const view of ["delivery", "task", "event"] as const) {
    const id = text(view);
    if (id) return { view, id };
  }
  return { view: "overview" };
}

export function linkTo(address: Address): string {
  const { view, ...rest } = address;
  const query = new URLSearchParams();
  if (view === "deliveries" || view === "events") query.set("view", view);
  if ("id" in rest) query.set(view, rest.id);
  else for (const [name, value] of Object.entries(rest)) if (value) query.set(name, value);
  const text = query.toString();
  return text ? `/admin?${text}` : "/admin";
}

/** The time that a choice means now. Undefined: all there is. */
export function sinceOf(choice: string, now: number): string | undefined {
  const ms = SINCE[choice]?.ms;
  if (ms !== undefined) return new Date(now - ms).toISOString();
  return choice === "" || Number.isNaN(Date.parse(choice)) ? undefined : new Date(choice).toISOString();
}
