// One task in the gallery: its prompt, its status, and a tile for each picture.
import type { ListedTask } from "@taskwire/client/react";
import { memo, useId } from "react";
import { Link } from "wouter";
import { PATHS } from "../routes.ts";
import { titleOf } from "../words.ts";
import { DeleteButton } from "./DeleteButton.tsx";
import { Progress } from "./Progress.tsx";
import { RetryTask } from "./RetryButton.tsx";
import { Status } from "./Status.tsx";
import { TaskFacts } from "./TaskFacts.tsx";
import { TaskPictures } from "./TaskPictures.tsx";

export const TaskCard = memo(function TaskCard({ task }: { task: ListedTask }) {
  const titleId = useId();
  const { taskId, status, isOptimistic = false } = task;
  const title = titleOf(task);
  return (
    <article
      className="card"
      aria-labelledby={titleId}
      aria-busy={status === "pending"}
      data-status={status}
      data-testid={isOptimistic ? "draft" : "task"}
      data-task-id={taskId}
    >
      <Progress task={task} />
      <header>
        <h3 id={titleId} title={title}>
          {taskId === null ? title : <Link href={PATHS.task(taskId)}>{title}</Link>}
        </h3>
        {isOptimistic ? <Status status="pending" word="Starting" /> : <Status status={status} />}
      </header>
      <TaskFacts task={task} />
      <TaskPictures task={task} />
      <div className="card-foot">
        <RetryTask task={task} />
        {taskId !== null && <DeleteButton doomed={{ task }} isOneOfMany />}
      </div>
    </article>
  );
});
