// The size and count fields of both picture forms.
import { COUNT_LIMIT, SIZES } from "../shapes.ts";
import type { Form } from "../use_form.ts";
import { Field } from "./Field.tsx";

interface Props {
  form: Form;
  value: string;
  onChange: (value: string) => void;
}

export function SizeField({ form, value, onChange }: Props) {
  return (
    <Field name="size" label="Size" problem={form.about("size")}>
      {(attributes) => (
        <select {...attributes} data-testid="size" value={value} onChange={(event) => onChange(event.target.value)}>
          {SIZES.map(({ size, label }) => (
            <option key={size} value={size}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function CountField({ form, label, value, onChange }: Props & { label: string }) {
  return (
    <Field name="count" label={label} problem={form.about("count")}>
      {(attributes) => (
        <input
          {...attributes}
          data-testid="count"
          type="number"
          inputMode="numeric"
          min={1}
          max={COUNT_LIMIT}
          step={1}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
