// A view that cannot be shown, and why.
import { ViewTitle } from "./ViewTitle.tsx";
import type { ReactNode } from "react";

interface Props {
  title: string;
  children: ReactNode;
}

export function Refused({ title, children }: Props) {
  return (
    <div className="refused" role="alert" data-testid="refused">
      <ViewTitle>{title}</ViewTitle>
      {children}
    </div>
  );
}
