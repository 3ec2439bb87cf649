// The form that starts a task.
import type { Issue } from "@taskwire/client";
import { useGenerate } from "@taskwire/client/react";
import { useState } from "react";
import { checkCount, MODELS, PROMPT_LIMIT, USUAL_SIZE, withSize } from "../shapes.ts";
import { useForm } from "../use_form.ts";
import { Field } from "./Field.tsx";
import { ModelList } from "./ModelList.tsx";
import { Notice } from "./Notice.tsx";
import { CountField, SizeField } from "./ShapeFields.tsx";
import { StartButton } from "./StartButton.tsx";

const FIELDS = ["prompt", "model", "size", "count"];

/** Another task's request, to begin with. */
export interface Wanted {
  prompt: string;
  model: string;
  size: string | null;
}

export function Composer({ wanted }: { wanted: Wanted | null }) {
  const generate = useGenerate();
  const [prompt, setPrompt] = useState(wanted?.prompt ?? "");
  const [model, setModel] = useState<string>(wanted?.model ?? MODELS[0]);
  const [size, setSize] = useState(wanted?.size ?? USUAL_SIZE);
  const [count, setCount] = useState("4");
  const request = { prompt: prompt.trim(), model: model.trim(), count: Number(count) };
  const form = useForm(
    FIELDS,
    () => check(request),
    async () => void (await generate(withSize(request, size))),
  );

  return (
    <form ref={form.ref} className="composer" aria-label="New pictures" noValidate onSubmit={form.onSubmit}>
      <Field name="prompt" label="Prompt" problem={form.about("prompt")}>
        {(attributes) => (
          <textarea
            {...attributes}
            data-testid="prompt"
            rows={3}
            maxLength={PROMPT_LIMIT}
            value={prompt}
            placeholder="A lighthouse in morning fog, soft watercolour"
            onChange={(event) => setPrompt(event.target.value)}
            onKeyDown={form.onKeyDown}
          />
        )}
      </Field>
      <div className="composer-row">
        <Field name="model" label="Model" problem={form.about("model")}>
          {(attributes) => (
            <input
              {...attributes}
              data-testid="model"
              type="text"
              list="models"
              value={model}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              onChange={(event) => setModel(event.target.value)}
              onFocus={(event) => event.target.select()}
            />
          )}
        </Field>
        <ModelList />
        <SizeField form={form} value={size} onChange={setSize} />
        <CountField form={form} label="Pictures" value={count} onChange={setCount} />
        <StartButton form={form} label="Generate" busy="Starting…" testid="generate" />
      </div>
      <Notice form={form} />
    </form>
  );
}

function check({ prompt, model, count }: { prompt: string; model: string; count: number }): Issue[] {
  const issues: Issue[] = [];
  if (prompt === "") issues.push({ path: "prompt", message: "Write what the pictures should show." });
  if (model === "") issues.push({ path: "model", message: "Choose a model." });
  return [...issues, ...checkCount(count)];
}
