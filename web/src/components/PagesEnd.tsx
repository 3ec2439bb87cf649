// The end of a list. The next page loads when the end is near, or by a button.
import type { Paginated } from "@taskwire/client/react";
import { useEffect, useRef } from "react";

/** About one screen ahead, so that the end does not come into view. */
const AHEAD = "800px";

export function PagesEnd({ pages: { status, error, isLoading, loadMore } }: { pages: Paginated<unknown> }) {
  const end = useRef<HTMLDivElement>(null);
  const canLoad = status === "CanLoadMore" && error === null;

  useEffect(() => {
    if (!canLoad || !end.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && loadMore(), { rootMargin: AHEAD });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [canLoad, loadMore]);

  return (
    <div ref={end} className="pages-end">
      {error !== null && (
        <p className="notice" role="alert" data-testid="error">
          The rest could not be loaded. {error.message}
        </p>
      )}
      {(status === "CanLoadMore" || status === "LoadingMore") && (
        <button
          type="button"
          className="button"
          data-testid="load-more"
          aria-disabled={isLoading}
          onClick={() => loadMore()}
        >
          {isLoading ? "Loading…" : error === null ? "Load more" : "Try again"}
        </button>
      )}
    </div>
  );
}
