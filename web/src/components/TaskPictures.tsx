// The pictures of a task in their order, and its error.
import type { Task } from "@taskwire/client";
import type { CSSProperties } from "react";
import { ratioOf } from "../shapes.ts";
import { titleOf } from "../words.ts";
import { FailureText } from "./FailureText.tsx";
import { ImageTile } from "./ImageTile.tsx";
import { TaskOutputs } from "./TaskOutputs.tsx";

export function TaskPictures({ task }: { task: Task }) {
  const images = [...task.images].sort((a, b) => a.position - b.position);
  const allFailed = task.error !== null && images.every((image) => image.status === "failed");
  return (
    <>
      {task.error && (
        <p className="notice">
          <FailureText failure={task.error} />
        </p>
      )}
      {images.length > 0 && (
        <ul className={allFailed ? "tiles all-failed" : "tiles"} style={{ "--ratio": ratioOf(task) } as CSSProperties}>
          {images.map((image) => (
            <ImageTile
              key={image.id}
              image={image}
              prompt={titleOf(task)}
              isExplained={image.error !== null && image.error.message === task.error?.message}
            />
          ))}
        </ul>
      )}
      <TaskOutputs task={task} />
      {task.result !== null && task.result !== undefined && (
        <details className="result">
          <summary>Result</summary>
          <pre tabIndex={0}>{JSON.stringify(task.result, null, 2)}</pre>
        </details>
      )}
    </>
  );
}
