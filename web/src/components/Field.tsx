// A labelled control with its problem below it, linked for assistive technology.
import { type ReactNode, useId } from "react";

interface ControlAttributes {
  id: string;
  name: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

interface Props {
  name: string;
  label: string;
  problem: string | null;
  children: (attributes: ControlAttributes) => ReactNode;
}

export function Field({ name, label, problem, children }: Props) {
  const id = useId();
  const problemId = `${id}-problem`;
  return (
    <div className={`field field-${name}`}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        name,
        "aria-invalid": problem !== null,
        "aria-describedby": problem === null ? undefined : problemId,
      })}
      {problem !== null && (
        <p id={problemId} className="problem" data-testid="error">
          {problem}
        </p>
      )}
    </div>
  );
}
