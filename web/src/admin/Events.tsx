// What goes out to the app's own backend: each event with its state on every road.
import type { EventOut, EventState, Road } from "@taskwire/client/admin";
import { Link, useLocation } from "wouter";
import { Field } from "../components/Field.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { codeInWords, plural } from "../words.ts";
import { type EventChoice, linkTo } from "./address.ts";
import { IdField } from "./IdField.tsx";
import { LoadProblem, Mark, Time } from "./Parts.tsx";
import { TableHead } from "./TableHead.tsx";
import { useEvents } from "./use_events.ts";
import { useFollowing } from "./use_following.ts";
import { eventTone } from "./verdicts.ts";

const STATES: readonly EventState[] = ["delivered", "waiting", "failed"];

export function Events({ choice }: { choice: EventChoice }) {
  return (
    <>
      <div className="admin-head">
        <ViewTitle>Events out</ViewTitle>
      </div>
      <EventFilters choice={choice} />
      <EventList key={`${choice.status} ${choice.task}`} choice={choice} />
    </>
  );
}

function EventList({ choice }: { choice: EventChoice }) {
  const { value, error, reload, isLoadingMore, loadMore } = useEvents(choice);
  const events = value?.events ?? [];
  return (
    <>
      {events.length > 0 && <EventTable events={events} />}
      {!value && !error && <p role="status">Loading…</p>}
      {value && events.length === 0 && (
        <p className="nothing">
          {choice.status || choice.task
            ? "Nothing fits this filter."
            : "No event has gone out. They do once EVENTS_URL, EVENTS_QUEUE or EVENTS_HOOK is set."}
        </p>
      )}
      <LoadProblem error={error} onRetry={reload} />
      {value?.nextCursor && (
        <div className="pages-end">
          <button type="button" className="button" aria-disabled={isLoadingMore} onClick={loadMore}>
            {isLoadingMore ? "Loading…" : "Show older ones"}
          </button>
        </div>
      )}
    </>
  );
}

function EventFilters({ choice }: { choice: EventChoice }) {
  const [, navigate] = useLocation();
  const [task, setTask] = useFollowing(choice.task);
  const change = (changes: Partial<EventChoice>): void =>
    navigate(linkTo({ view: "events", ...choice, task: task.trim(), ...changes }), { replace: true });
  return (
    <form
      className="filters two"
      role="search"
      aria-label="Filter the events"
      onSubmit={(event) => {
        event.preventDefault();
        change({});
      }}
    >
      <Field name="status" label="State" problem={null}>
        {(attributes) => (
          <select
            {...attributes}
            data-testid="filter-state"
            value={choice.status}
            onChange={({ target }) => change({ status: target.value })}
          >
            <option value="">All</option>
            {STATES.map((state) => (
              <option key={state} value={state}>
                {codeInWords(state)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <IdField
        label="Task or row of content"
        value={task}
        chosen={choice.task}
        onType={setTask}
        onLeave={() => change({})}
      />
    </form>
  );
}

function EventTable({ events }: { events: readonly EventOut[] }) {
  return (
    <div className="table-box">
      <table className="log events" role="table" aria-label="Events out, newest first" data-testid="events">
        <TableHead names={["Made", "State", "Event", "About", "Roads"]} />
        <tbody role="rowgroup">
          {events.map(({ id, at, state, type, version, taskId, roads }) => (
            <tr key={id} role="row" data-testid="event" data-event-id={id} data-state={state}>
              <td role="cell" className="log-when">
                <Time at={at} />
              </td>
              <td role="cell" className="log-mark">
                <Mark tone={eventTone(state)}>{codeInWords(state)}</Mark>
              </td>
              <td role="cell" className="log-what">
                <Link href={linkTo({ view: "event", id })} className="log-link">
                  {type}
                </Link>
                <span className="log-more">v{version}</span>
              </td>
              <td role="cell" className="log-task">
                {type.startsWith("task.") ? (
                  <Link href={linkTo({ view: "task", id: taskId })} title={taskId}>
                    {taskId}
                  </Link>
                ) : (
                  <span title={taskId}>{taskId}</span>
                )}
              </td>
              <td role="cell" className="log-roads">
                <ul>
                  {Object.entries(roads).map(([name, road]) => (
                    <li key={name} data-tone={eventTone(road.state)} title={name}>
                      <span className="road-name">{name.replace(/^https:\/\//, "")}</span> {inShort(road)}
                    </li>
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inShort({ state, attempts, status }: Road): string {
  const tries = plural(attempts, "try", "tries");
  return [state, ...(attempts > 1 || state !== "delivered" ? [tries] : []), ...(status ? [String(status)] : [])].join(
    " · ",
  );
}
