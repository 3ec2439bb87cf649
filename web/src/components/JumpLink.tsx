// A link to an element of this view. The address stays the same, because a fragment there would be a new history entry.
import type { ReactNode } from "react";

interface Props {
  /** The id of a focusable element. */
  to: string;
  className?: string;
  children: ReactNode;
}

export function JumpLink({ to, className, children }: Props) {
  return (
    <a
      href={`#${to}`}
      className={className}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(to)?.focus();
      }}
    >
      {children}
    </a>
  );
}
