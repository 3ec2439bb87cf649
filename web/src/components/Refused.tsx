// Shown in place of a view that cannot be shown.

import type { ReactNode } from "react";
import { ViewTitle } from "./ViewTitle.tsx";

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
