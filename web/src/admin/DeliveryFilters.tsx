// What the list of deliveries shows. A choice takes effect at once, a task once it is entered.
import { useRef } from "react";
import { Field } from "../components/Field.tsx";
import { codeInWords, moment } from "../words.ts";
import { type DeliveryChoice, NO_DELIVERY_CHOICE, SINCE } from "./address.ts";
import { IdField } from "./IdField.tsx";
import { useFollowing } from "./use_following.ts";
import { UNUSUAL, VERDICTS } from "./verdicts.ts";

/** Suggestions: any other that the address names is shown too. */
const PROVIDERS = ["mynth", "modelriver", "replicate", "fal"];

interface Props {
  choice: DeliveryChoice;
  onChange: (choice: DeliveryChoice) => void;
}

export function DeliveryFilters({ choice, onChange }: Props) {
  const [task, setTask] = useFollowing(choice.task);
  const form = useRef<HTMLFormElement>(null);
  const { verdict, provider, since } = choice;
  const change = (changes: Partial<DeliveryChoice>): void => onChange({ ...choice, task: task.trim(), ...changes });
  const isFiltered = Object.values(choice).some(Boolean);
  return (
    <form
      ref={form}
      className="filters"
      role="search"
      aria-label="Filter the deliveries"
      onSubmit={(event) => {
        event.preventDefault();
        change({});
      }}
    >
      <Field name="verdict" label="Verdict" problem={null}>
        {(attributes) => (
          <select
            {...attributes}
            data-testid="filter-verdict"
            value={verdict}
            onChange={({ target }) => change({ verdict: target.value })}
          >
            <option value="">All</option>
            <option value={UNUSUAL}>Whatever is unusual</option>
            {VERDICTS.map((each) => (
              <option key={each} value={each}>
                {codeInWords(each)}
              </option>
            ))}
            {verdict !== "" && verdict !== UNUSUAL && !(VERDICTS as string[]).includes(verdict) && (
              <option value={verdict}>{verdict.split(",").map(codeInWords).join(", ")}</option>
            )}
          </select>
        )}
      </Field>
      <Field name="provider" label="Provider" problem={null}>
        {(attributes) => (
          <select
            {...attributes}
            data-testid="filter-provider"
            value={provider}
            onChange={({ target }) => change({ provider: target.value })}
          >
            <option value="">All</option>
            {[...new Set([...PROVIDERS, provider])].filter(Boolean).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </Field>
      <Field name="since" label="Arrived" problem={null}>
        {(attributes) => (
          <select
            {...attributes}
            data-testid="filter-since"
            value={since}
            onChange={({ target }) => change({ since: target.value })}
          >
            <option value="">At any time</option>
            {Object.entries(SINCE).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
            {since !== "" && !(since in SINCE) && (
              <option value={since}>{Number.isNaN(Date.parse(since)) ? since : `Since ${moment(since)}`}</option>
            )}
          </select>
        )}
      </Field>
      <IdField label="Task or channel" value={task} chosen={choice.task} onType={setTask} onLeave={() => change({})} />
      {isFiltered && (
        <button
          type="button"
          className="button quiet"
          data-testid="clear-filters"
          onClick={() => {
            onChange(NO_DELIVERY_CHOICE);
            // The button goes, and takes the focus with it.
            form.current?.querySelector("select")?.focus();
          }}
        >
          Show all
        </button>
      )}
    </form>
  );
}
