// One prompt with one model: its pictures, or the error and a retry button.
import type { Task } from "@taskwire/client";
import { useTask } from "@taskwire/client/react";
import { useState } from "react";
import { Link } from "wouter";
import type { Pair, Plan } from "../plan.ts";
import { PATHS } from "../routes.ts";
import { withSize } from "../shapes.ts";
import { Boundary } from "./Boundary.tsx";
import { Elapsed } from "./Elapsed.tsx";
import { FailureText } from "./FailureText.tsx";
import { RetryImages, RetryTask } from "./RetryButton.tsx";
import { Status } from "./Status.tsx";
import { TaskPictures } from "./TaskPictures.tsx";

interface Props {
  plan: Plan;
  prompt: string;
  model: string;
  pair: Pair;
  task: Task | undefined;
  /** Whether the tasks are loaded. */
  isLoaded: boolean;
}

export function BatchCell(props: Props) {
  const { model } = props;
  return (
    <Boundary
      fallback={(error) => (
        <td role="cell" data-testid="cell" data-status="deleted">
          <p className="cell-model">{model}</p>
          <p className="hint">{error.message}</p>
        </td>
      )}
    >
      <LiveCell {...props} />
    </Boundary>
  );
}

function LiveCell({ plan, prompt, model, pair, task: first, isLoaded }: Props) {
  // A retry takes the place of the failed task.
  const [againId, setAgainId] = useState<string | null>(null);
  const task = useTask(againId) ?? first;
  const withoutTask = typeof pair !== "string" ? "failed" : isLoaded ? "deleted" : "pending";
  return (
    <td role="cell" data-testid="cell" data-status={task?.status ?? withoutTask}>
      <p className="cell-model">{model}</p>
      {task ? (
        <CellTask task={task} onRetried={setAgainId} />
      ) : (
        <NoTask {...{ plan, prompt, model, pair, isLoaded }} onRetried={setAgainId} />
      )}
    </td>
  );
}

function CellTask({ task, onRetried }: { task: Task; onRetried: (taskId: string) => void }) {
  const { taskId, status, createdAt } = task;
  return (
    <div className="cell" data-task-id={taskId}>
      <TaskPictures task={task} />
      <p className="cell-facts">
        <Status status={status} />
        {status === "pending" && <Elapsed since={createdAt} />}
        {taskId !== null && <Link href={PATHS.task(taskId)}>Details</Link>}
      </p>
      <RetryTask task={task} onStarted={onRetried} />
    </div>
  );
}

function NoTask({
  plan,
  prompt,
  model,
  pair,
  isLoaded,
  onRetried,
}: Omit<Props, "task"> & { onRetried: (taskId: string) => void }) {
  if (typeof pair === "string") return <p className="hint">{isLoaded ? "It was deleted." : "Loading…"}</p>;
  const request = { prompt, model, count: plan.count };
  return (
    <div className="cell">
      <p className="notice">
        {pair ? <FailureText failure={pair} /> : "This task was not started, or it was deleted."}
      </p>
      <RetryImages request={plan.size === null ? request : withSize(request, plan.size)} onStarted={onRetried} />
    </div>
  );
}
