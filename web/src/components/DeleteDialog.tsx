// Asks for confirmation of a deletion.
import type { ReactNode } from "react";
import type { Words } from "../deletion.ts";
import { AlertDialog } from "./AlertDialog.tsx";

interface Props {
  words: Words;
  /** The last attempt failed with this. */
  problem: string | null;
  isBusy: boolean;
  /** Takes the place of the question once it is answered. */
  outcome: ReactNode;
  /** Closes as soon as it is confirmed, and gives the focus back before `onConfirm` is called. */
  isQuick: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

const TEST_IDS = { dialog: "delete-dialog", confirm: "confirm-delete" };

export function DeleteDialog({ words, problem, isBusy, outcome, isQuick, onConfirm, onClose }: Props) {
  return (
    <AlertDialog
      testIds={TEST_IDS}
      title={words.title}
      lines={words.lines}
      outcome={outcome}
      problem={problem}
      isBusy={isBusy}
      tone="danger"
      confirm={isBusy ? "Deleting…" : words.confirm}
      onConfirm={(dialog) => {
        if (isQuick) dialog.current?.close();
        onConfirm();
      }}
      onClose={onClose}
    />
  );
}
