// Shows errors that no retry can change: a task that does not exist or belongs to someone else, an expired link.
import { TaskwireError } from "@taskwire/client";
import { Component, type ReactNode } from "react";

interface Props {
  fallback: (error: TaskwireError) => ReactNode;
  children: ReactNode;
}

export class Boundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (error instanceof TaskwireError) return this.props.fallback(error);
    throw error;
  }
}
