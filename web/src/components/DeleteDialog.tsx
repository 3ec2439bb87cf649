// Asks before something is deleted. The focus begins on the button that deletes nothing.
import { type ReactNode, useEffect, useId, useRef } from "react";
import type { Words } from "../deletion.ts";

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

export function DeleteDialog({ words, problem, isBusy, outcome, isQuick, onConfirm, onClose }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const isOver = outcome !== null;

  function confirm(): void {
    if (isBusy) return;
    if (isQuick) dialog.current?.close();
    onConfirm();
  }

  useEffect(() => dialog.current?.showModal(), []);
  // The other button, which had the focus, is gone.
  useEffect(() => {
    if (isOver) cancel.current?.focus();
  }, [isOver]);

  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      className="dialog"
      aria-labelledby={id}
      aria-describedby={`${id}-lines`}
      aria-busy={isBusy}
      onClose={onClose}
      data-testid="delete-dialog"
    >
      <h2 id={id}>{words.title}</h2>
      <div id={`${id}-lines`} className="dialog-lines">
        {isOver ? outcome : words.lines.map((line) => <p key={line}>{line}</p>)}
      </div>
      {problem !== null && (
        <p className="notice" role="alert" data-testid="error">
          {problem}
        </p>
      )}
      <div className="actions">
        <button ref={cancel} type="button" className="button" onClick={() => dialog.current?.close()}>
          {isOver ? "Close" : "Cancel"}
        </button>
        {!isOver && (
          <button
            type="button"
            className="button danger"
            data-testid="confirm-delete"
            aria-disabled={isBusy}
            onClick={confirm}
          >
            {isBusy ? "Deleting…" : words.confirm}
          </button>
        )}
      </div>
    </dialog>
  );
}
