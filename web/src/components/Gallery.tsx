// Two lists of tasks: what was started or is running now, and what came earlier.
import type { Draft } from "../task_list.ts";
import type { Task } from "../types.ts";
import type { History } from "../use_tasks.ts";
import { DraftCard, TaskCard } from "./TaskCard.tsx";

interface Props {
  current: Task[];
  drafts: readonly Draft[];
  history: History;
}

export function Gallery({ current, drafts, history }: Props) {
  const hasCurrent = current.length + drafts.length > 0;
  const isEmpty = !hasCurrent && history.tasks.length === 0 && !history.isLoading && history.error === null;
  return (
    <>
      {hasCurrent && (
        <section className="tasks" aria-labelledby="current-title">
          <h2 id="current-title">Now</h2>
          {drafts.map((draft) => <DraftCard key={draft.key} draft={draft} />)}
          {current.map((task) => <TaskCard key={task.taskId} task={task} />)}
        </section>
      )}
      {isEmpty ? (
        <div className="empty">
          <ul className="tiles" aria-hidden="true"><li /><li /><li /><li /></ul>
          <p>Your pictures will be here.</p>
        </div>
      ) : (
        <section className="tasks" aria-labelledby="history-title" aria-busy={history.isLoading}>
          {(history.tasks.length > 0 || history.error !== null) && <h2 id="history-title">Earlier</h2>}
          {history.tasks.map((task) => <TaskCard key={task.taskId} task={task} />)}
          <HistoryEnd history={history} />
        </section>
      )}
    </>
  );
}

function HistoryEnd({ history }: { history: History }) {
  return (
    <>
      {history.error !== null && (
        <p className="notice" role="alert" data-testid="error">
          Earlier tasks could not be loaded. {history.error.message}
        </p>
      )}
      {history.hasMore && (
        <button
          type="button" className="button more" data-testid="load-more" aria-disabled={history.isLoading}
          onClick={() => { if (!history.isLoading) history.loadMore(); }}
        >
          {history.isLoading ? "Loading…" : history.error === null ? "Load more" : "Try again"}
        </button>
      )}
    </>
  );
}
