// A filter by an id. It takes effect when it is entered or left.
import { Field } from "../components/Field.tsx";

interface Props {
  label: string;
  /** What is typed. */
  value: string;
  /** What is filtered by. */
  chosen: string;
  onType: (value: string) => void;
  onLeave: () => void;
}

export function IdField({ label, value, chosen, onType, onLeave }: Props) {
  return (
    <Field name="task" label={label} problem={null}>
      {(attributes) => (
        <input
          {...attributes}
          type="search"
          data-testid="filter-task"
          value={value}
          placeholder="Its id"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          enterKeyHint="search"
          onChange={({ target }) => onType(target.value)}
          onBlur={() => value.trim() === chosen || onLeave()}
        />
      )}
    </Field>
  );
}
