// Webhooks as they come. The list grows at its top by itself, unless somebody pauses it to read.
import { useLocation } from "wouter";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { plural } from "../words.ts";
import { type DeliveryChoice, linkTo } from "./address.ts";
import { DeliveryFilters } from "./DeliveryFilters.tsx";
import { DeliveryTable } from "./DeliveryTable.tsx";
import { isFresh, type Log } from "./log.ts";
import { LoadProblem } from "./Parts.tsx";
import { useDeliveries } from "./use_deliveries.ts";

export function Deliveries({ choice }: { choice: DeliveryChoice }) {
  const [, navigate] = useLocation();
  const { log, error, isLoadingMore, said, pause, resume, loadMore, reload } = useDeliveries(choice);
  const { items, held, isPaused, isLoaded, isCut, nextCursor } = log;
  const isFiltered = Object.values(choice).some(Boolean);
  return (
    <>
      <div className="admin-head">
        <ViewTitle>Deliveries</ViewTitle>
        <Pill log={log} />
        <button type="button" className="button small" data-testid="pause" onClick={isPaused ? resume : pause}>
          {!isPaused ? "Pause" : held.length > 0 ? `Show ${held.length} new` : "Resume"}
        </button>
      </div>
      <DeliveryFilters
        choice={choice}
        onChange={(next) => navigate(linkTo({ view: "deliveries", ...next }), { replace: true })}
      />
      <p className="visually-hidden" role="status" aria-live="polite" data-testid="said">
        {isPaused && held.length > 0
          ? `Paused. ${plural(held.length, "new delivery waits", "new deliveries wait")}.`
          : said}
      </p>
      {items.length > 0 && (
        <DeliveryTable deliveries={items} isBusy={!isLoaded} isFresh={(delivery) => isFresh(log, delivery)} />
      )}
      {!isLoaded && !error && items.length === 0 && <p role="status">Loading…</p>}
      {isLoaded && items.length === 0 && (
        <p className="nothing">
          {isFiltered
            ? "Nothing fits this filter. What comes and fits appears here by itself."
            : "Nothing has come yet. Webhooks appear here as they arrive."}
        </p>
      )}
      <LoadProblem error={error} onRetry={isLoaded && nextCursor ? loadMore : reload} />
      {isCut && (
        <div className="pages-end">
          <p className="hint">Older ones were taken off the list, which would get too long.</p>
          <button type="button" className="button" onClick={reload}>
            Begin at the newest
          </button>
        </div>
      )}
      {nextCursor && !error && (
        <div className="pages-end">
          <button type="button" className="button" data-testid="older" aria-disabled={isLoadingMore} onClick={loadMore}>
            {isLoadingMore ? "Loading…" : "Show older ones"}
          </button>
        </div>
      )}
    </>
  );
}

/** The words of the pill, and its colour by the states that the connection's has. */
function Pill({ log: { isPaused, isLoaded, state } }: { log: Log }) {
  const [tone, label, title] = !isLoaded
    ? ["connecting", "Loading", "The newest deliveries are being loaded."]
    : isPaused
      ? ["paused", "Paused", "What comes is kept back until you go on."]
      : state === "reconnecting"
        ? ["reconnecting", "Reconnecting", "The server could not be reached. It is asked again, and nothing is missed."]
        : ["live", "Live", "New deliveries appear by themselves."];
  return (
    <span className="pill" data-testid="following" data-state={tone} title={title}>
      {label}
    </span>
  );
}
