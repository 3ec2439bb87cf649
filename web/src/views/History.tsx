// All tasks as thumbnails, newest first, by day. The end of the list loads more.
import type { Task } from "@taskwire/client";
import { useTasks } from "@taskwire/client/react";
import { Link } from "wouter";
import { DeleteButton } from "../components/DeleteButton.tsx";
import { PagesEnd } from "../components/PagesEnd.tsx";
import { Status } from "../components/Status.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { PATHS } from "../routes.ts";
import { codeInWords, day, keyOf, moment, titleOf } from "../words.ts";

export function History() {
  const pages = useTasks();
  const days = byDay(pages.results);
  return (
    <>
      <ViewTitle>History</ViewTitle>
      {pages.status === "LoadingFirstPage" && <p role="status">Loading…</p>}
      {pages.status === "Exhausted" && days.length === 0 && <p>There are no tasks yet.</p>}
      {days.map(({ name, tasks }) => (
        <section key={name} className="day" aria-label={name}>
          <h2>{name}</h2>
          <ul className="thumbs">
            {tasks.map((task) => (
              <li key={keyOf(task)}>
                <Thumb task={task} />
                {task.taskId !== null && <DeleteButton doomed={{ task }} isOneOfMany />}
              </li>
            ))}
          </ul>
        </section>
      ))}
      <PagesEnd pages={pages} />
    </>
  );
}

/** Groups the list by day. */
function byDay(tasks: readonly Task[]): { name: string; tasks: Task[] }[] {
  const days: { name: string; tasks: Task[] }[] = [];
  for (const task of tasks) {
    const name = day(task.createdAt);
    if (days.at(-1)?.name !== name) days.push({ name, tasks: [] });
    days.at(-1)?.tasks.push(task);
  }
  return days;
}

function Thumb({ task }: { task: Task }) {
  const { taskId, status, images, createdAt } = task;
  const picture = task.outputs.find(({ type }) => type === "image");
  const content = (
    <>
      {/* First in the DOM for screen readers. CSS shows it below the picture. */}
      <span className="thumb-title">{titleOf(task)}</span>
      <span className="thumb-box" data-status={status}>
        {picture?.url && <img src={picture.url} alt="" loading="lazy" decoding="async" />}
        {!picture && task.error && <span className="thumb-reason">{codeInWords(task.error.code)}</span>}
        {images.length > 1 && (
          <span className="badge">
            {images.length}
            <span className="visually-hidden"> pictures</span>
          </span>
        )}
      </span>
      <span className="thumb-facts">
        <Status status={status} /> <time dateTime={createdAt}>{moment(createdAt)}</time>
      </span>
    </>
  );
  // A refused task has no id, and so no page.
  if (taskId === null)
    return (
      <span className="thumb" data-testid="thumb">
        {content}
      </span>
    );
  return (
    <Link className="thumb" href={PATHS.task(taskId)} data-testid="thumb" data-task-id={taskId}>
      {content}
    </Link>
  );
}
