// A link to something on this view. The address stays as it is: a fragment there would be another place.
import type { ReactNode } from "react";

interface Props {
  /** An element that takes focus. */
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
