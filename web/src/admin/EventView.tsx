// One event out: its roads, what is sent, and the way to send it again.
import type { EventDetail } from "@taskwire/client/admin";
import { useCallback, useState } from "react";
import { Link } from "wouter";
import { Refused } from "../components/Refused.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { codeInWords, plural } from "../words.ts";
import { linkTo, NO_EVENT_CHOICE } from "./address.ts";
import { Body } from "./Body.tsx";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { useAdmin } from "./context.ts";
import { CopyId, Facts, LoadProblem, Mark, Time } from "./Parts.tsx";
import { useLoad } from "./use_load.ts";
import { eventTone, reasonInWords } from "./verdicts.ts";

/** An event that is not through is looked at again so often. */
const EVERY_MS = 5_000;

export function EventView({ id }: { id: string }) {
  const admin = useAdmin();
  const load = useCallback((options: { signal: AbortSignal }) => admin.event(id, options), [admin, id]);
  const { value, error, reload } = useLoad(load, EVERY_MS);
  if (error?.status === 404) {
    return (
      <Refused title="There is no such event">
        <p>
          <Link href={linkTo({ view: "events", ...NO_EVENT_CHOICE })}>Go to the events</Link>
        </p>
      </Refused>
    );
  }
  if (!value) return error ? <LoadProblem error={error} onRetry={reload} /> : <p role="status">Loading…</p>;
  return <Shown event={value} onChange={reload} />;
}

function Shown({ event, onChange }: { event: EventDetail; onChange: () => void }) {
  const admin = useAdmin();
  const [isAsking, setAsking] = useState(false);
  const { id, at, type, taskId, version, state, roads, body } = event;
  const names = Object.keys(roads);
  const close = useCallback(() => setAsking(false), []);
  return (
    <article className="admin-sheet" data-testid="event-sheet" data-state={state}>
      <div className="admin-head">
        <ViewTitle>{type}</ViewTitle>
        <Mark tone={eventTone(state)}>{codeInWords(state)}</Mark>
      </div>
      <div className="actions">
        <button
          type="button"
          className="button primary"
          aria-haspopup="dialog"
          data-testid="resend"
          onClick={() => setAsking(true)}
        >
          Send again…
        </button>
        {type.startsWith("task.") && (
          <Link href={linkTo({ view: "task", id: taskId })} className="button">
            Its task
          </Link>
        )}
      </div>
      <Facts
        facts={[
          ["Made", <Time key="at" at={at} />],
          ["Id", <CopyId key="id" id={id} what="the event’s id" />],
          ["About", <CopyId key="about" id={taskId} what="the id that it is about" />],
          ["Version", String(version)],
        ]}
      />
      <section className="admin-part" aria-labelledby="roads">
        <h2 id="roads">Roads</h2>
        <ul className="roads">
          {Object.entries(roads).map(([name, road]) => (
            <li key={name} data-testid="road">
              <p className="road-head">
                <Mark tone={eventTone(road.state)}>{codeInWords(road.state)}</Mark>
                <code title={name}>{name}</code>
              </p>
              <p className="hint">
                {plural(road.attempts, "try", "tries")}
                {road.status !== null && ` · answered ${road.status}`}
                {road.at && (
                  <>
                    {" · last "}
                    <Time at={road.at} />
                  </>
                )}
                {road.nextAt && (
                  <>
                    {" · next "}
                    <Time at={road.nextAt} />
                  </>
                )}
              </p>
              {road.reason && <p className="hint">{reasonInWords(road.reason)}</p>}
            </li>
          ))}
        </ul>
      </section>
      <Body text={body} label="What is sent" />
      {isAsking && (
        <ConfirmDialog
          title="Send this event again?"
          done="Sent again"
          lines={[
            `It goes out under the same id${names.length > 0 ? ` on ${plural(names.length, "road", "roads")}` : ""}, also where it has arrived. A backend that keeps the ids of what it has done does nothing twice.`,
          ]}
          confirm="Send again"
          busy="Sending…"
          act={async () => {
            await admin.resend(id);
            onChange();
            return <p data-testid="resent">It is on its way. Its roads are shown as they are answered.</p>;
          }}
          onClose={close}
        />
      )}
    </article>
  );
}
