// One task: its prompt, where it stands, and a tile for each picture.
import { useId } from "react";
import type { Draft } from "../task_list.ts";
import type { Task } from "../types.ts";
import { codeInWords, decimal, duration, moment, plural } from "../words.ts";
import { FailureText } from "./FailureText.tsx";
import { ImageTile, PendingTile } from "./ImageTile.tsx";

const STATUS_WORDS = { pending: "Running", completed: "Done", failed: "Failed" } as const;

export function TaskCard({ task }: { task: Task }) {
  const titleId = useId();
  const title = task.prompt || codeInWords(task.kind.replaceAll(".", " "));
  const model = task.model ?? task.requestedModel;
  const images = [...task.images].sort((a, b) => a.position - b.position);
  const allFailed = task.error !== null && images.every((image) => image.status === "failed");
  return (
    <article className="card" aria-labelledby={titleId} data-testid="task" data-task-id={task.taskId} data-status={task.status}>
      <header>
        <h3 id={titleId} title={title}>{title}</h3>
        <span className="status" data-status={task.status}>{STATUS_WORDS[task.status]}</span>
      </header>
      <ul className="facts">
        {model && <li className="model">{model}</li>}
        {images.length > 0 && <li className="extra">{plural(images.length, "picture", "pictures")}</li>}
        <li><time dateTime={task.createdAt}>{moment(task.createdAt)}</time></li>
        {task.status === "completed" && <li>took {duration(Date.parse(task.updatedAt) - Date.parse(task.createdAt))}</li>}
        {task.cost && <li>cost {decimal(task.cost)}</li>}
      </ul>
      {task.error && <p className="notice"><FailureText failure={task.error} /></p>}
      {images.length > 0 && (
        <ul className={allFailed ? "tiles all-failed" : "tiles"}>
          {images.map((image) => (
            <ImageTile
              key={image.id} image={image} prompt={title} number={image.position + 1} since={task.createdAt}
              isExplained={image.error !== null && image.error.message === task.error?.message}
            />
          ))}
        </ul>
      )}
      {task.result !== null && task.result !== undefined && (
        <details className="result">
          <summary>Result</summary>
          <pre>{JSON.stringify(task.result, null, 2)}</pre>
        </details>
      )}
    </article>
  );
}

/** The same shape as the card that will take its place, so that nothing moves when it does. */
export function DraftCard({ draft: { input, createdAt } }: { draft: Draft }) {
  return (
    <article className="card" aria-busy="true" aria-label={input.prompt}>
      <header>
        <h3>{input.prompt}</h3>
        <span className="status" data-status="pending">Starting</span>
      </header>
      <ul className="facts">
        <li className="model">{input.model}</li>
        <li className="extra">{plural(input.count, "picture", "pictures")}</li>
        <li><time dateTime={createdAt}>{moment(createdAt)}</time></li>
      </ul>
      <ul className="tiles">
        {Array.from({ length: input.count }, (_, index) => (
          <li key={index} className="tile" data-status="pending"><PendingTile since={createdAt} /></li>
        ))}
      </ul>
    </article>
  );
}
