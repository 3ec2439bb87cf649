// The last day at one look: what needs a look now, what came, how long it took, and what waits.
import type { Stats } from "@taskwire/client/admin";
import { type FormEvent, type ReactNode, useCallback } from "react";
import { Link, useLocation } from "wouter";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { useNow } from "../use_now.ts";
import { codeInWords, plural } from "../words.ts";
import { linkTo, NO_DELIVERY_CHOICE, NO_EVENT_CHOICE } from "./address.ts";
import { useAdmin } from "./context.ts";
import { count, percent, took } from "./figures.ts";
import { HourChart } from "./HourChart.tsx";
import { LoadProblem, Sentence, Time } from "./Parts.tsx";
import { StageChart } from "./StageChart.tsx";
import { useLoad } from "./use_load.ts";
import { type Tone, toneOf } from "./verdicts.ts";

const EVERY_MS = 30_000;

export function Overview() {
  const admin = useAdmin();
  const load = useCallback((options: { signal: AbortSignal }) => admin.stats(null, options), [admin]);
  const { value, error, reload } = useLoad(load, EVERY_MS);
  return (
    <>
      <div className="admin-head">
        <ViewTitle>Overview</ViewTitle>
        <p className="hint">The last 24 hours</p>
        <FindTask />
      </div>
      <LoadProblem error={error} onRetry={reload} />
      {value ? <Figures stats={value} /> : !error && <p role="status">Loading…</p>}
    </>
  );
}

function FindTask() {
  const [, navigate] = useLocation();
  function find(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const id = String(new FormData(event.currentTarget).get("task")).trim();
    if (id) navigate(linkTo({ view: "task", id }));
  }
  return (
    <form className="find field" role="search" onSubmit={find}>
      <input
        name="task"
        type="search"
        aria-label="Find a task by its id"
        placeholder="Find a task by its id"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="search"
        data-testid="find-task"
      />
    </form>
  );
}

function Figures({ stats }: { stats: Stats }) {
  const { verdicts, statuses, pending, events, destinations, problems, isPartial } = stats;
  const all = Object.entries(verdicts).reduce((sum, [verdict, each]) => (isDelivery(verdict) ? sum + each : sum), 0);
  const refused = Object.entries(verdicts).reduce(
    (sum, [verdict, each]) => (isDelivery(verdict) && toneOf(verdict) === "bad" ? sum + each : sum),
    0,
  );
  const completed = statuses.completed ?? 0;
  const failed = statuses.failed ?? 0;
  return (
    <>
      {problems.length > 0 ? (
        <section className="problems" aria-labelledby="problems" data-testid="problems">
          <h2 id="problems">{plural(problems.length, "thing needs", "things need")} a look now</h2>
          <ul>
            {problems.map(({ what, detail }) => (
              <li key={what + detail}>
                <strong>{codeInWords(what)}</strong> <Sentence text={detail} />
              </li>
            ))}
          </ul>
        </section>
      ) : (
        <p className="all-well" data-testid="all-well">
          <span className="mark" data-tone="good">
            Nothing needs a look now.
          </span>
        </p>
      )}
      <ul className="cards">
        <Card name="Deliveries" value={count(all)} href={linkTo({ view: "deliveries", ...NO_DELIVERY_CHOICE })}>
          {percent(all - refused, all)} taken{isPartial && ", the newest alone"}
        </Card>
        <Card name="Tasks ended" value={count(completed + failed)} tone={failed > completed ? "bad" : undefined}>
          {count(completed)} completed, {count(failed)} failed
        </Card>
        <Card name="Under way" value={count(pending.count)}>
          {pending.oldestAt ? <Oldest at={pending.oldestAt} /> : "None waits"}
        </Card>
        <Card
          name="Events not out"
          value={count(events.waiting + events.failed)}
          tone={events.failed > 0 ? "bad" : events.waiting > 0 ? "warm" : undefined}
          href={linkTo({ view: "events", ...NO_EVENT_CHOICE, status: events.failed > 0 ? "failed" : "waiting" })}
        >
          {count(events.waiting)} waiting, {count(events.failed)} failed
        </Card>
      </ul>
      <section className="admin-part" aria-labelledby="hours">
        <h2 id="hours">Deliveries by the hour</h2>
        <HourChart stats={stats} />
      </section>
      <div className="admin-columns">
        <div className="admin-column">
          <section className="admin-part" aria-labelledby="stages">
            <h2 id="stages">How long it took</h2>
            <StageChart stages={stats.stages} />
          </section>
          <Shares title="By provider" counts={stats.providers} nameOf={(name) => name} />
        </div>
        <div className="admin-column">
          <Shares title="By verdict" counts={verdicts} nameOf={codeInWords} tone={toneOf} />
          <Shares
            title="By kind of task"
            counts={stats.kinds}
            nameOf={(kind) => codeInWords(kind.replaceAll(".", " "))}
          />
        </div>
      </div>
      {destinations.length > 0 && (
        <section className="admin-part" aria-labelledby="destinations">
          <h2 id="destinations">Where events do not arrive</h2>
          <ul className="roads" data-testid="destinations">
            {destinations.map(({ destination, failingSince, isOff }) => (
              <li key={destination}>
                <p className="road-head">
                  <span className="mark" data-tone={isOff || failingSince ? "bad" : "good"}>
                    {isOff ? "Off" : failingSince ? "Failing" : "Working"}
                  </span>
                  <code title={destination}>{destination}</code>
                </p>
                {failingSince && (
                  <p className="hint">
                    Since <Time at={failingSince} />
                    {isOff && ". Nothing is sent there until it is switched on again."}
                  </p>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** The others are tasks that ended without a delivery. */
const isDelivery = (verdict: string): boolean => verdict !== "polled" && verdict !== "timeout";

/** A task older than this is no longer on its way as usual. */
const OLD_MS = 3_600_000;

function Oldest({ at }: { at: string }) {
  const age = Math.max(0, useNow() - Date.parse(at));
  return (
    <span className={age > OLD_MS ? "problem" : undefined}>
      The oldest for <span title={at}>{took(age)}</span>
    </span>
  );
}

interface CardProps {
  name: string;
  value: string;
  tone?: Tone | undefined;
  href?: string;
  children: ReactNode;
}

function Card({ name, value, tone, href, children }: CardProps) {
  return (
    <li className="figure-card" data-tone={tone}>
      <span className="figure-name">{href ? <Link href={href}>{name}</Link> : name}</span>
      <strong>{value}</strong>
      <span className="hint">{children}</span>
    </li>
  );
}

interface SharesProps {
  title: string;
  counts: Record<string, number>;
  nameOf: (name: string) => string;
  tone?: (name: string) => Tone;
}

/** Counts as bars, the largest first. */
function Shares({ title, counts, nameOf, tone }: SharesProps) {
  const rows = Object.entries(counts)
    .filter(([, value]) => value > 0)
    .sort(([, a], [, b]) => b - a);
  const most = rows[0]?.[1] ?? 1;
  if (rows.length === 0) return null;
  return (
    <section className="admin-part" aria-label={title}>
      <h2>{title}</h2>
      <ul className="shares">
        {rows.map(([name, value]) => (
          <li key={name}>
            <span className="share-name">{nameOf(name)}</span>
            <svg width="100%" height="8" aria-hidden="true">
              <rect
                className="bar-part"
                data-tone={tone?.(name)}
                width={`${(value / most) * 100}%`}
                height="8"
                rx="2"
              />
            </svg>
            <span className="log-number">{count(value)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
