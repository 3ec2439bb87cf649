// The first view: what to make, and what is being made.
import { useTasks } from "@taskwire/client/react";
import { Link } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { Composer, type Wanted } from "../components/Composer.tsx";
import { TaskCard } from "../components/TaskCard.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { PATHS } from "../routes.ts";
import { keyOf } from "../words.ts";

/** As many as one may want to see again while new ones are under way: the history has the others. */
const SHOWN = 8;

export function Gallery() {
  const { results, status } = useTasks();
  // Another view may have put it into the history.
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
            Everything else is in the history
          </Link>
        )}
      </section>
    </>
  );
}
