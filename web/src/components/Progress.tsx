// The progress of a task: a segment for each picture, on the upper edge of the card.
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
