// Retries what failed, as a new task or request.
import { type GenerateRequest, type Task, TaskwireError } from "@taskwire/client";
import { useGenerate } from "@taskwire/client/react";
import { useState } from "react";
import { retryOf } from "../retry.ts";
import { plural } from "../words.ts";

/** `start` makes the new request, and throws a TaskwireError. */
export function RetryButton({ start, label = "Try again" }: { start: () => Promise<void>; label?: string }) {
  const [isBusy, setBusy] = useState(false);
  const [message, setMessage] = useState<string | null>(null);

  async function retry(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setMessage(null);
    try {
      await start();
    } catch (error) {
      setMessage(error instanceof TaskwireError ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <button
        type="button"
        className="button small"
        data-testid="retry"
        aria-disabled={isBusy}
        onClick={() => void retry()}
      >
        {isBusy ? "Starting…" : label}
      </button>
      {message !== null && (
        <p className="problem" role="alert">
          {message}
        </p>
      )}
    </>
  );
}

interface Props {
  request: GenerateRequest;
  label?: string;
  onStarted?: ((taskId: string) => void) | undefined;
}

export function RetryImages({ request, label = "Try again", onStarted }: Props) {
  const generate = useGenerate();
  async function start(): Promise<void> {
    const { taskId } = await generate(request);
    onStarted?.(taskId);
  }
  return <RetryButton label={label} start={start} />;
}

/** Retries the failed pictures of a task. Renders nothing if none failed. */
export function RetryTask({ task, onStarted }: { task: Task; onStarted?: Props["onStarted"] }) {
  const request = task.status === "pending" ? null : retryOf(task);
  if (request === null) return null;
  const { count = 1 } = request;
  const label = count === task.images.length ? "Try again" : `Try again for ${plural(count, "picture", "pictures")}`;
  return <RetryImages request={request} label={label} onStarted={onStarted} />;
}
