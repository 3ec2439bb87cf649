// A question before something is done. The focus begins on the button that does nothing.
import { type ReactNode, type RefObject, useEffect, useId, useRef } from "react";

interface Props {
  /** Names it in tests, and its button with it. */
  testIds: { dialog: string; confirm: string };
  title: string;
  lines: readonly string[];
  /** Takes the place of the question once it is answered. */
  outcome: ReactNode;
  /** The outcome is announced where it takes the place of the question, and not otherwise. */
  isAnnounced?: boolean;
  /** The last attempt failed with this. */
  problem: string | null;
  isBusy: boolean;
  tone: "primary" | "danger";
  confirm: string;
  onConfirm: (dialog: RefObject<HTMLDialogElement | null>) => void;
  onClose: () => void;
}

export function AlertDialog(props: Props) {
  const {
    testIds,
    title,
    lines,
    outcome,
    isAnnounced = false,
    problem,
    isBusy,
    tone,
    confirm,
    onConfirm,
    onClose,
  } = props;
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const isOver = outcome !== null;

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
      data-testid={testIds.dialog}
    >
      <h2 id={id}>{title}</h2>
      <div id={`${id}-lines`} className="dialog-lines" role={isAnnounced ? "status" : undefined}>
        {isOver ? outcome : lines.map((line) => <p key={line}>{line}</p>)}
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
            className={`button ${tone}`}
            data-testid={testIds.confirm}
            aria-disabled={isBusy}
            onClick={() => isBusy || onConfirm(dialog)}
          >
            {confirm}
          </button>
        )}
      </div>
    </dialog>
  );
}
