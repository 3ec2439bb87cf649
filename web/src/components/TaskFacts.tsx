// The facts of a task in one line: model, pictures, time, cost.
import type { Task } from "@taskwire/client";
import { decimal, duration, moment, plural } from "../words.ts";
import { Elapsed } from "./Elapsed.tsx";

export function TaskFacts({ task }: { task: Task }) {
  const { images, status, createdAt, updatedAt, cost } = task;
  const model = task.model ?? task.requestedModel;
  const isPending = status === "pending";
  return (
    <ul className="facts">
      {model && <li className="model">{model}</li>}
      {images.length > 0 && <li data-testid="arrived">{arrived(task)}</li>}
      <li className="extra">
        <time dateTime={createdAt}>{moment(createdAt)}</time>
      </li>
      {isPending && (
        <li>
          <Elapsed since={createdAt} />
        </li>
      )}
      {status === "completed" && <li>took {duration(Date.parse(updatedAt) - Date.parse(createdAt))}</li>}
      {cost && <li className="extra">cost {decimal(cost)}</li>}
    </ul>
  );
}

/** `1 of 4 in` while pending, then `3 of 4 pictures` or `4 pictures`. */
function arrived({ images, status }: Task): string {
  const count = images.filter((image) => image.status === "success").length;
  if (status === "pending") return `${count} of ${images.length} in`;
  const all = plural(images.length, "picture", "pictures");
  return count < images.length ? `${count} of ${all}` : all;
}
