// The first view: the form, and the latest tasks.
import { useTasks } from "@taskwire/client/react";
import { useEffect } from "react";
import { Link } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { Composer, type Wanted } from "../components/Composer.tsx";
import { TaskCard } from "../components/TaskCard.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { PATHS } from "../routes.ts";
import { keyOf } from "../words.ts";

/** How many tasks are shown. The history has the others. */
const SHOWN = 8;

export function Gallery() {
  const { results, status, loadMore } = useTasks();
  const isShort = status === "CanLoadMore" && results.length < SHOWN;
  // Many were deleted. Older ones take their places.
  useEffect(() => {
    if (isShort) loadMore();
  }, [isShort, loadMore]);
  // "Use this prompt" on a task's page puts it into the history state.
  const wanted = useHistoryState<{ wanted?: Wanted } | null>()?.wanted ?? null;
  return (
    <>
      <ViewTitle isHidden>Gallery</ViewTitle>
      <Composer key={JSON.stringify(wanted)} wanted={wanted} />
      <section className="tasks" aria-labelledby="latest" aria-busy={status === "LoadingFirstPage"}>
        <h2 id="latest">Latest</h2>
        {results.slice(0, SHOWN).map((task) => (
          <TaskCard key={keyOf(task)} task={task} />
        ))}
        {status === "LoadingFirstPage" && <p className="visually-hidden">Loading</p>}
        {status !== "LoadingFirstPage" && results.length === 0 && (
          <div className="empty">
            <ul className="tiles" aria-hidden="true">
              <li />
              <li />
              <li />
              <li />
            </ul>
            <p>Your pictures will be here.</p>
          </div>
        )}
        {results.length > SHOWN && (
          <Link href={PATHS.history} className="button more">
            Older tasks are in the history
          </Link>
        )}
      </section>
    </>
  );
}
