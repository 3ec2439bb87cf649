// The heading of a view, and the window's title. After a change of view the heading takes the focus: a screen reader
// reads it, and the keyboard goes on from there.
import { useEffect, useRef } from "react";

/** The address of the last view. */
let lastAddress: string | undefined;

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
    const address = location.pathname + location.search;
    if (lastAddress !== undefined && lastAddress !== address) heading.current?.focus({ preventScroll: true });
    lastAddress = address;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={isHidden ? "visually-hidden" : "view-title"}>
      {children}
    </h1>
  );
}
