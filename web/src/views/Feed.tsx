// The results of ModelRiver workflows, live, and the form that starts one.
import type { AiRequest } from "@taskwire/client";
import { useContent } from "@taskwire/client/react";
import { useLocation } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { AiForm } from "../components/AiForm.tsx";
import { Boundary } from "../components/Boundary.tsx";
import { ChannelCard } from "../components/ChannelCard.tsx";
import { ContentRow } from "../components/ContentRow.tsx";
import { PagesEnd } from "../components/PagesEnd.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { PATHS } from "../routes.ts";

/** Kept in the history state, so that a reload goes on following them. */
interface Asked {
  requests: { id: string; request: AiRequest }[];
}

/** How many requests are shown beside the feed. */
const FOLLOWED = 5;

export function Feed() {
  const pages = useContent();
  const [, navigate] = useLocation();
  const requests = useHistoryState<Asked | null>()?.requests ?? [];

  /** Shows a request on top, or in the place of the failed one that it retries. */
  function follow(id: string, request: AiRequest, failedId?: string): void {
    const started = { id, request };
    const all =
      failedId === undefined ? [started, ...requests] : requests.map((it) => (it.id === failedId ? started : it));
    const state: Asked = { requests: all.slice(0, FOLLOWED) };
    navigate(PATHS.feed, { replace: true, state });
  }

  return (
    <>
      <ViewTitle>Feed</ViewTitle>
      <div className="feed">
        <div className="feed-side">
          <AiForm onStarted={follow} />
          {requests.length > 0 && (
            <section aria-labelledby="requests">
              <h2 id="requests">Your requests</h2>
              <ul className="channels">
                {requests.map(({ id, request }) => (
                  <li key={id}>
                    <Boundary
                      fallback={(error) => (
                        <p className="notice" role="alert">
                          {error.message}
                        </p>
                      )}
                    >
                      <ChannelCard
                        id={id}
                        request={request}
                        onRetried={(startedId) => follow(startedId, request, id)}
                      />
                    </Boundary>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <section className="feed-rows" aria-labelledby="rows" aria-busy={pages.status === "LoadingFirstPage"}>
          <h2 id="rows">Results</h2>
          {pages.status === "Exhausted" && pages.results.length === 0 && (
            <p className="hint">Nothing yet. Results appear here by themselves.</p>
          )}
          {pages.results.map((content) => (
            <ContentRow key={content.id} content={content} />
          ))}
          <PagesEnd pages={pages} />
        </section>
      </div>
    </>
  );
}
