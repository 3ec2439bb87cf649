// Asks before something is done, does it, and says what came of it. The focus begins on the button that does nothing.
import { TaskwireError } from "@taskwire/client/admin";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";

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

export function ConfirmDialog({ title, done, lines, confirm, busy, act, onClose }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<ReactNode>(null);
  const isOver = outcome !== null;

  useEffect(() => dialog.current?.showModal(), []);
  // The other button, which had the focus, is gone.
  useEffect(() => {
    if (isOver) cancel.current?.focus();
  }, [isOver]);

  async function answer(): Promise<void> {
    if (isBusy) return;
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
    <dialog
      ref={dialog}
      role="alertdialog"
      className="dialog"
      aria-labelledby={id}
      aria-describedby={`${id}-lines`}
      aria-busy={isBusy}
      onClose={onClose}
      data-testid="confirm-dialog"
    >
      <h2 id={id}>{isOver ? done : title}</h2>
      <div id={`${id}-lines`} className="dialog-lines" role="status">
        {outcome ?? lines.map((line) => <p key={line}>{line}</p>)}
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
            className="button primary"
            data-testid="confirm"
            aria-disabled={isBusy}
            onClick={() => void answer()}
          >
            {isBusy ? busy : confirm}
          </button>
        )}
      </div>
    </dialog>
  );
}
