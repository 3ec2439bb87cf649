// A task on a page of its own, for its owner and for visitors with a link.
import type { Task } from "@taskwire/client";
import type { ReactNode } from "react";
import { titleOf } from "../words.ts";
import { Progress } from "./Progress.tsx";
import { Status } from "./Status.tsx";
import { TaskFacts } from "./TaskFacts.tsx";
import { TaskPictures } from "./TaskPictures.tsx";
import { ViewTitle } from "./ViewTitle.tsx";

export function TaskSheet({ task, children }: { task: Task; children?: ReactNode }) {
  const { taskId, status } = task;
  return (
    <article
      className="sheet"
      aria-busy={status === "pending"}
      data-testid="task"
      data-task-id={taskId}
      data-status={status}
    >
      <header>
        <ViewTitle>{titleOf(task)}</ViewTitle>
        <Status status={status} />
      </header>
      <TaskFacts task={task} />
      {children}
      <div className="sheet-pictures">
        <Progress task={task} />
        <TaskPictures task={task} />
      </div>
    </article>
  );
}
