// The menu of who is signed in: the sign-out, and the way to delete everything.
import { useId, useRef } from "react";
import { useAskToDelete } from "../use_deletion.ts";

interface Props {
  name: string;
  onSignOut: () => void;
}

export function Account({ name, onSignOut }: Props) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const ask = useAskToDelete();

  function deleteEverything(): void {
    // First, so that the dialog gives the focus back to the button of the menu.
    menu.current?.hidePopover();
    ask("everything");
  }

  return (
    <>
      <button type="button" className="button quiet account" data-testid="account" popoverTarget={id} title={name}>
        <span className="visually-hidden">Account: </span>
        <span className="who">{name}</span>
      </button>
      <div ref={menu} id={id} popover="auto" className="menu">
        <button type="button" className="button quiet" data-testid="sign-out" onClick={onSignOut}>
          Sign out
        </button>
        <button
          type="button"
          className="button quiet delete"
          data-testid="delete-everything"
          aria-haspopup="dialog"
          onClick={deleteEverything}
        >
          Delete everything of mine…
        </button>
      </div>
    </>
  );
}
