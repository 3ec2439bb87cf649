// What ModelRiver's workflows have made, live, and the form that asks for more.
import { useContent } from "@taskwire/client/react";
import { AiForm } from "../components/AiForm.tsx";
import { Boundary } from "../components/Boundary.tsx";
import { ChannelCard } from "../components/ChannelCard.tsx";
import { ContentRow } from "../components/ContentRow.tsx";
import { PagesEnd } from "../components/PagesEnd.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { navigate, usePlace } from "../router.ts";
import { PATHS } from "../routes.ts";

/** Kept with the address, so that a reload goes on following them. */
interface Asked {
  channels: { id: string; message: string }[];
}

/** Requests that are shown beside the feed. */
const FOLLOWED = 5;

export function Feed() {
  const pages = useContent();
  const { channels } = (usePlace().state as Asked | null) ?? { channels: [] };

  function follow(id: string, message: string): void {
    const state: Asked = { channels: [{ id, message }, ...channels].slice(0, FOLLOWED) };
    navigate(PATHS.feed, { replace: true, state });
  }

  return (
    <>
      <ViewTitle>Feed</ViewTitle>
      <div className="feed">
        <div className="feed-side">
          <AiForm onStarted={follow} />
          {channels.length > 0 && (
            <section aria-labelledby="requests">
              <h2 id="requests">Your requests</h2>
              <ul className="channels">
                {channels.map(({ id, message }) => (
                  <li key={id}>
                    <Boundary fallback={(error) => <p className="notice" role="alert">{error.message}</p>}>
                      <ChannelCard id={id} message={message} />
                    </Boundary>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <section className="feed-rows" aria-labelledby="rows" aria-busy={pages.status === "LoadingFirstPage"}>
          <h2 id="rows">What came</h2>
          {pages.status === "Exhausted" && pages.results.length === 0 && (
            <p className="hint">Nothing yet. What a workflow makes appears here by itself.</p>
          )}
          {pages.results.map((content) => <ContentRow key={content.id} content={content} />)}
          <PagesEnd pages={pages} />
        </section>
      </div>
    </>
  );
}
