// The status of a task or a channel, as a dot and a word.
import type { Status as State } from "@taskwire/client";

const WORDS = { pending: "Running", completed: "Done", failed: "Failed" } as const;

export function Status({ status, word = WORDS[status] }: { status: State; word?: string }) {
  return (
    <span className="status" data-status={status}>
      {word}
    </span>
  );
}
