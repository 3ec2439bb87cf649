// All addresses of the page. Pure.

export const PATHS = {
  gallery: "/",
  history: "/history",
  compare: "/compare",
  run: "/run",
  feed: "/feed",
  /** Alone: what is below it is the API's. */
  admin: "/admin",
  task: (id: string) => `/t/${encodeURIComponent(id)}`,
  batch: (id: string) => `/compare/${encodeURIComponent(id)}`,
} as const;

/** The routes that take a parameter. */
export const ROUTES = { task: "/t/:id", batch: "/compare/:id" } as const;

/** A link with which anyone can watch a task. The ticket is in the fragment, which browsers send to no server. */
export function sharedLink(origin: string, id: string, ticket: string): string {
  return `${origin}${PATHS.task(id)}#${new URLSearchParams({ ticket })}`;
}

/** The ticket of a shared link. */
export function ticketIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("ticket") || null;
}
