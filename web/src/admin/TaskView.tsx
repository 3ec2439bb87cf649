// Anybody's task: its facts, what has happened to it, and the way to ask its provider now.
import { type Task, TaskwireError } from "@taskwire/client/admin";
import { useCallback, useState } from "react";
import { Link } from "wouter";
import { FailureText } from "../components/FailureText.tsx";
import { Refused } from "../components/Refused.tsx";
import { Status } from "../components/Status.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { codeInWords, decimal, plural, titleOf } from "../words.ts";
import { linkTo, NO_DELIVERY_CHOICE, NO_EVENT_CHOICE } from "./address.ts";
import { useAdmin } from "./context.ts";
import { took } from "./figures.ts";
import { CopyId, Facts, LoadProblem, Time } from "./Parts.tsx";
import { Timeline } from "./Timeline.tsx";
import { useLoad } from "./use_load.ts";

/** A task under way is looked at again so often. */
const EVERY_MS = 5_000;

export function TaskView({ id }: { id: string }) {
  const admin = useAdmin();
  const load = useCallback((options: { signal: AbortSignal }) => admin.task(id, options), [admin, id]);
  const [isOver, setOver] = useState(false);
  const { value, error, reload } = useLoad(load, isOver ? undefined : EVERY_MS);
  const [asked, setAsked] = useState<{ isBusy: boolean; outcome: string; problem: string }>();

  const hasEnded = value !== undefined && value.task.status !== "pending";
  if (hasEnded !== isOver) setOver(hasEnded);

  if (error?.status === 404 && !value) {
    return (
      <Refused title="There is no such task">
        <p>It was erased, it was not started here, or it is a channel. Webhooks about it may be known all the same.</p>
        <p>
          <Link href={linkTo({ view: "deliveries", ...NO_DELIVERY_CHOICE, task: id })}>Look for its deliveries</Link>
        </p>
      </Refused>
    );
  }
  if (!value) return error ? <LoadProblem error={error} onRetry={reload} /> : <p role="status">Loading…</p>;

  async function ask(): Promise<void> {
    if (asked?.isBusy) return;
    setAsked({ isBusy: true, outcome: "", problem: "" });
    try {
      const task = await admin.reconcile(id);
      const isNews = task.version !== value?.task.version;
      const now = task.status === "pending" ? "It is still running." : `It has ended: ${task.status}.`;
      setAsked({ isBusy: false, outcome: `${isNews ? "There is news." : "Nothing new."} ${now}`, problem: "" });
      reload();
    } catch (error) {
      const problem = error instanceof TaskwireError ? error.message : String(error);
      setAsked({ isBusy: false, outcome: "", problem });
    }
  }

  const { task, timeline } = value;
  return (
    <article className="admin-sheet" data-testid="task-sheet" data-task-id={task.taskId} data-status={task.status}>
      <div className="admin-head">
        <ViewTitle>{titleOf({ prompt: null, kind: task.kind })}</ViewTitle>
        <Status status={task.status} />
      </div>
      <CopyId id={task.taskId ?? id} what="the task’s id" />
      {task.prompt && <p className="lead prompt">{task.prompt}</p>}
      {task.error && (
        <p className="notice">
          <FailureText failure={task.error} />
        </p>
      )}
      <div className="actions">
        <button
          type="button"
          className="button primary"
          data-testid="reconcile"
          aria-disabled={asked?.isBusy ?? false}
          onClick={() => void ask()}
        >
          {asked?.isBusy ? "Asking…" : "Ask the provider now"}
        </button>
        <Link href={linkTo({ view: "deliveries", ...NO_DELIVERY_CHOICE, task: task.taskId ?? id })} className="button">
          Its deliveries
        </Link>
        <Link href={linkTo({ view: "events", ...NO_EVENT_CHOICE, task: task.taskId ?? id })} className="button">
          Its events
        </Link>
        <p className="hint" role="status" data-testid="reconciled">
          {asked?.outcome}
        </p>
      </div>
      {asked?.problem && (
        <p className="notice" role="alert" data-testid="error">
          {asked.problem}
        </p>
      )}
      <LoadProblem error={error} onRetry={reload} />
      <section className="admin-part" aria-labelledby="timeline">
        <h2 id="timeline">Timeline</h2>
        <Timeline timeline={timeline} hasFailed={task.status === "failed"} />
      </section>
      <section className="admin-part" aria-labelledby="facts">
        <h2 id="facts">Facts</h2>
        <TaskFacts task={task} />
      </section>
    </article>
  );
}

function TaskFacts({ task }: { task: Task }) {
  const { userId, provider, kind, requestedModel, model, version, cost, createdAt, updatedAt } = task;
  const failed = task.images.filter(({ status }) => status === "failed").length;
  const images = plural(task.images.length, "image", "images");
  return (
    <Facts
      facts={[
        ["Owner", <CopyId key="user" id={userId} what="the owner’s id" />],
        ["Provider", provider],
        ["Kind", codeInWords(kind.replaceAll(".", " "))],
        ["Model", model ?? requestedModel],
        ["Created", <Time key="created" at={createdAt} />],
        ["Last change", <Time key="updated" at={updatedAt} />],
        ["Between them", took(Math.max(0, Date.parse(updatedAt) - Date.parse(createdAt)))],
        ["Version", String(version)],
        ["Cost", cost && decimal(cost)],
        ["Images", task.images.length > 0 && (failed > 0 ? `${images}, ${failed} failed` : images)],
        ["Outputs", task.outputs.length > 0 && String(task.outputs.length)],
      ]}
    />
  );
}
