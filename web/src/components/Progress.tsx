// The progress of a task: a segment for each picture, on the upper edge of the card; or a bar, or a place in a queue,
// where the provider says how far it has come.
import type { Task } from "@taskwire/client";

export function Progress({ task: { status, images, progress } }: { task: Task }) {
  if (status !== "pending") return null;
  if (progress) return <Bar value={progress.value} message={progress.message} />;
  return (
    <span className="progress" aria-hidden="true">
      {images.map((image) => (
        <i key={image.id} data-status={image.status} />
      ))}
    </span>
  );
}

function Bar({ value, message }: { value: number | null; message: string | undefined }) {
  const percent = value === null ? null : `${Math.floor(value * 100)} %`;
  return (
    <p className="progress-bar" data-testid="progress">
      <progress max={1} {...(value === null ? {} : { value })} aria-label="Progress" />
      <span>{[percent, message].filter(Boolean).join(" · ")}</span>
    </p>
  );
}
