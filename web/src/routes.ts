// The page's addresses, all of them. Pure.

export type Route =
  | { view: "gallery" }
  | { view: "history" }
  | { view: "task"; id: string }
  | { view: "compare" }
  | { view: "batch"; id: string }
  | { view: "feed" }
  | { view: "nowhere" };

export const PATHS = {
  gallery: "/",
  history: "/history",
  compare: "/compare",
  feed: "/feed",
  task: (id: string) => `/t/${encodeURIComponent(id)}`,
  batch: (id: string) => `/compare/${encodeURIComponent(id)}`,
} as const;

export function routeOf(path: string): Route {
  const [first = "", second = "", ...more] = path.replace(/^\//, "").split("/");
  const id = decoded(second);
  if (more.length > 0 || id === null) return { view: "nowhere" };
  if (first === "" && id === "") return { view: "gallery" };
  if (first === "t" && id !== "") return { view: "task", id };
  if (first === "compare") return id === "" ? { view: "compare" } : { view: "batch", id };
  if ((first === "history" || first === "feed") && id === "") return { view: first };
  return { view: "nowhere" };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** The link that shows a task to whoever has it. A fragment stays in the browser: no server and no referrer sees it. */
export function sharedLink(origin: string, id: string, ticket: string): string {
  return `${origin}${PATHS.task(id)}#${new URLSearchParams({ ticket })}`;
}

/** The ticket of a shared link. */
export function ticketIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("ticket") || null;
}
