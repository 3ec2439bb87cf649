// Small parts that every view of operators uses: a time, an id, a verdict, a list of facts, a failed load.
import type { TaskwireError } from "@taskwire/client/admin";
import { type ReactNode, useEffect, useState } from "react";
import { codeInWords } from "../words.ts";
import { type Tone, toneOf } from "./verdicts.ts";

const SECONDS = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** A time to the second in the reader's zone. Its tooltip has the day, the zone and the exact time. */
export function Time({ at }: { at: string }) {
  const then = new Date(at);
  const isToday = then.toDateString() === new Date().toDateString();
  const time = SECONDS.format(then);
  return (
    <time dateTime={at} title={`${EXACT.format(then)}\n${at}`}>
      {isToday ? time : `${DAY.format(then)}, ${time}`}
    </time>
  );
}

const ISO = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)/;

/** The server's sentence, with its times in the reader's zone. */
export function Sentence({ text }: { text: string }) {
  // Every second part is a time.
  return text.split(ISO).map((part, at) => (at % 2 === 1 ? <Time key={at} at={part} /> : part));
}

/** A dot and a word. */
export function Mark({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className="mark" data-tone={tone}>
      {children}
    </span>
  );
}

export function VerdictMark({ verdict }: { verdict: string }) {
  return <Mark tone={toneOf(verdict)}>{codeInWords(verdict)}</Mark>;
}

const COPIED_MS = 2_000;

/** An id that is cut to its place, and can be copied as a whole. */
export function CopyId({ id, what, children }: { id: string; what: string; children?: ReactNode }) {
  const [outcome, setOutcome] = useState("");
  useEffect(() => {
    if (outcome === "") return;
    const timer = setTimeout(() => setOutcome(""), COPIED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  return (
    <span className="copy-id">
      {children ?? <code title={id}>{id}</code>}
      <button
        type="button"
        className="copy"
        data-done={outcome !== ""}
        aria-label={`Copy ${what}`}
        title={`Copy ${what}`}
        onClick={() =>
          navigator.clipboard.writeText(id).then(
            () => setOutcome("Copied."),
            () => setOutcome("It could not be copied."),
          )
        }
      >
        <svg viewBox="0 0 16 16" fill="none" aria-hidden="true">
          {outcome === "Copied." ? <path d="M3 8.5l3.2 3L13 4.5" /> : <path d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z" />}
        </svg>
      </button>
      <span className="visually-hidden" role="status">
        {outcome}
      </span>
    </span>
  );
}

/** Facts with their names. Those without a value are left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="fact-list">
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A load that failed, and may succeed the next time. */
export function LoadProblem({ error, onRetry }: { error: TaskwireError | null; onRetry: () => void }) {
  if (!error) return null;
  return (
    <div className="notice load-problem" role="alert" data-testid="error">
      <p>This could not be loaded. {error.message}</p>
      {error.issues.map(({ path, message }) => (
        <p key={path}>{message === error.message ? null : `${path}: ${message}`}</p>
      ))}
      <button type="button" className="button small" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
