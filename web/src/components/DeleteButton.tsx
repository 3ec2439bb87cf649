// Opens the dialog that asks before something is deleted.

import { type Doomed, nameOf } from "../deletion.ts";
import { useAskToDelete } from "../use_deletion.ts";

interface Props {
  doomed: Exclude<Doomed, "everything">;
  className?: string;
  /** Among others, the button says what it deletes to those who do not see where it stands. */
  isOneOfMany?: boolean;
}

export function DeleteButton({ doomed, className = "button quiet delete", isOneOfMany = false }: Props) {
  const ask = useAskToDelete();
  return (
    <button type="button" className={className} data-testid="delete" aria-haspopup="dialog" onClick={() => ask(doomed)}>
      Delete…
      {isOneOfMany && <span className="visually-hidden"> {nameOf(doomed)}</span>}
    </button>
  );
}
