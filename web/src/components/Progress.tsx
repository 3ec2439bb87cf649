// Which of a task's pictures are in: a segment for each, on the upper edge of what is around it.
import type { Task } from "@taskwire/client";

export function Progress({ task: { status, images } }: { task: Task }) {
  if (status !== "pending") return null;
  return (
    <span className="progress" aria-hidden="true">
      {images.map((image) => (
        <i key={image.id} data-status={image.status} />
      ))}
    </span>
  );
}
