// Asks the provider to cancel a task that is running. Not every provider can.
import { type Task, TaskwireError } from "@taskwire/client";
import { useTaskwire } from "@taskwire/client/react";
import { useState } from "react";

/** The providers that never cancel: their tasks have no button. */
const NEVER = new Set(["mynth"]);

export function CancelButton({ task }: { task: Task }) {
  const client = useTaskwire();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { taskId, status, provider } = task;
  if (taskId === null || status !== "pending" || NEVER.has(provider)) return null;

  async function cancel(id: string): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await client.cancel(id);
    } catch (error) {
      setProblem(error instanceof TaskwireError ? error.message : "Something went wrong on this page.");
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <button
        type="button"
        className="button"
        data-testid="cancel"
        aria-disabled={isBusy}
        onClick={() => void (isBusy || cancel(taskId))}
      >
        {isBusy ? "Cancelling…" : "Cancel"}
      </button>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
