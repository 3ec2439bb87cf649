// Starts any model of a provider that runs many: by its name, with its own input as JSON.
import type { Issue } from "@taskwire/client";
import { useTaskwire } from "@taskwire/client/react";
import { useState } from "react";
import { useLocation } from "wouter";
import { Field } from "../components/Field.tsx";
import { Notice } from "../components/Notice.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { EXAMPLES, inputFor, RUNNERS, readInput } from "../examples.ts";
import { PATHS } from "../routes.ts";
import { useForm } from "../use_form.ts";

const FIELDS = ["provider", "model", "input"];
const [FIRST] = EXAMPLES;

export function Models() {
  const client = useTaskwire();
  const [, navigate] = useLocation();
  const [provider, setProvider] = useState(FIRST?.provider ?? "");
  const [model, setModel] = useState(FIRST?.model ?? "");
  const [input, setInput] = useState(inputFor(provider, model));
  const models = EXAMPLES.filter((example) => example.provider === provider).map((example) => example.model);
  const form = useForm(
    FIELDS,
    () => check(model, input),
    async () => {
      const read = readInput(input);
      if ("problem" in read) return;
      const { taskId } = await client.run({ provider, model: model.trim(), input: read.input });
      navigate(PATHS.task(taskId));
    },
  );

  /** What was not changed by hand follows the model. */
  function choose(nextProvider: string, nextModel: string): void {
    if (input === inputFor(provider, model)) setInput(inputFor(nextProvider, nextModel));
    setProvider(nextProvider);
    setModel(nextModel);
  }

  return (
    <>
      <ViewTitle>Models</ViewTitle>
      <form ref={form.ref} className="composer" aria-label="Run a model" noValidate onSubmit={form.onSubmit}>
        <Field name="provider" label="Provider" problem={form.about("provider")}>
          {(attributes) => (
            <select
              {...attributes}
              data-testid="provider"
              value={provider}
              onChange={({ target: { value } }) =>
                choose(value, EXAMPLES.find((example) => example.provider === value)?.model ?? "")
              }
            >
              {RUNNERS.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <Field name="model" label="Model" problem={form.about("model")}>
          {(attributes) => (
            <input
              {...attributes}
              data-testid="run-model"
              type="text"
              list="run-models"
              value={model}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              onChange={(event) => choose(provider, event.target.value)}
              onFocus={(event) => event.target.select()}
            />
          )}
        </Field>
        <datalist id="run-models">
          {models.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Field name="input" label="Input (JSON)" problem={form.about("input")}>
          {(attributes) => (
            <textarea
              {...attributes}
              className="code"
              data-testid="run-input"
              rows={8}
              spellCheck={false}
              value={input}
              onChange={(event) => setInput(event.target.value)}
              onKeyDown={form.onKeyDown}
            />
          )}
        </Field>
        <button type="submit" className="button primary" data-testid="run" aria-disabled={form.isBusy}>
          {form.isBusy ? "Starting…" : "Run"}
        </button>
        <Notice form={form} />
      </form>
    </>
  );
}

function check(model: string, input: string): Issue[] {
  const issues: Issue[] = [];
  if (model.trim() === "") issues.push({ path: "model", message: "Name the model." });
  const read = readInput(input);
  if ("problem" in read) issues.push({ path: "input", message: read.problem });
  return issues;
}
