// What a view is called: its heading, and the window's title. Whoever comes from another view is put down here, so that
// a screen reader reads it and the keyboard goes on from it.
import { useEffect, useRef } from "react";

/** The address of the view that was shown last. */
let lastPath: string | undefined;

interface Props {
  children: string;
  isHidden?: boolean;
}

export function ViewTitle({ children, isHidden = false }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · taskwire`;
  }, [children]);
  useEffect(() => {
    const path = location.pathname;
    if (lastPath !== undefined && lastPath !== path) heading.current?.focus({ preventScroll: true });
    lastPath = path;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={isHidden ? "visually-hidden" : "view-title"}>
      {children}
    </h1>
  );
}
