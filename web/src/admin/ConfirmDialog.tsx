// Asks for confirmation of an action, runs it, and shows its outcome.
import { TaskwireError } from "@taskwire/client/admin";
import { type ReactNode, useState } from "react";
import { AlertDialog } from "../components/AlertDialog.tsx";

interface Props {
  title: string;
  lines: readonly string[];
  /** The title once it is done. */
  done: string;
  confirm: string;
  /** What the button says meanwhile. */
  busy: string;
  /** Returns what takes the place of the question. */
  act: () => Promise<ReactNode>;
  onClose: () => void;
}

const TEST_IDS = { dialog: "confirm-dialog", confirm: "confirm" };

export function ConfirmDialog({ title, done, lines, confirm, busy, act, onClose }: Props) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<ReactNode>(null);

  async function answer(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      setOutcome(await act());
    } catch (error) {
      setProblem(error instanceof TaskwireError ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <AlertDialog
      testIds={TEST_IDS}
      title={outcome === null ? title : done}
      lines={lines}
      outcome={outcome}
      isAnnounced
      problem={problem}
      isBusy={isBusy}
      tone="primary"
      confirm={isBusy ? busy : confirm}
      onConfirm={() => void answer()}
      onClose={onClose}
    />
  );
}
