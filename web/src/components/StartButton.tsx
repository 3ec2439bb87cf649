// The button that starts something, with what is left of the user's limits beside it.

import type { Form } from "../use_form.ts";
import { useLeft } from "../use_left.ts";

interface Props {
  form: Form;
  label: string;
  busy: string;
  testid: string;
}

export function StartButton({ form, label, busy, testid }: Props) {
  const { text, isLow, blocked } = useLeft();
  return (
    <>
      <button
        type="submit"
        className="button primary"
        data-testid={testid}
        aria-disabled={form.isBusy || blocked !== null}
        aria-describedby={text === null ? undefined : "left"}
        onClick={(event) => blocked !== null && event.preventDefault()}
      >
        {form.isBusy ? busy : (blocked ?? label)}
      </button>
      {text !== null && (
        <p id="left" className={isLow ? "left low" : "left"} data-testid="left">
          {text}
        </p>
      )}
    </>
  );
}
