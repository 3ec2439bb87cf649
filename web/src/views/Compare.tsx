// The form that starts a comparison: every prompt with every model.
import type { Issue } from "@taskwire/client";
import { useGenerateBatch } from "@taskwire/client/react";
import { useState } from "react";
import { useLocation } from "wouter";
import { Field } from "../components/Field.tsx";
import { ModelChoices } from "../components/ModelChoices.tsx";
import { Notice } from "../components/Notice.tsx";
import { CountField, SizeField } from "../components/ShapeFields.tsx";
import { StartButton } from "../components/StartButton.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { linesOf, planOf } from "../plan.ts";
import { PATHS } from "../routes.ts";
import { checkCount, USUAL_SIZE, withSize } from "../shapes.ts";
import { useCost } from "../use_cost.ts";
import { useForm } from "../use_form.ts";
import { useModels } from "../use_models.ts";
import { plural } from "../words.ts";

/** The server's limit. */
const TASK_LIMIT = 20;
/** As many as fit side by side on most screens. */
const FIRST_MODELS = 3;
const FIELDS = ["prompts", "models", "size", "count"];

export function Compare() {
  const generateBatch = useGenerateBatch();
  const [, navigate] = useLocation();
  const [prompts, setPrompts] = useState("");
  const [written, setModels] = useState<string | null>(null);
  const suggested = useModels();
  const models =
    written ??
    suggested
      .slice(0, FIRST_MODELS)
      .map(({ id }) => id)
      .join("\n");
  const [size, setSize] = useState(USUAL_SIZE);
  const [count, setCount] = useState("1");
  const request = { prompts: linesOf(prompts), models: linesOf(models), count: Number(count) };
  const total = request.prompts.length * request.models.length;
  const cost = useCost(request);

  const form = useForm(
    FIELDS,
    () => check(request),
    async () => {
      const wanted = withSize(request, size);
      const batch = await generateBatch(wanted);
      navigate(PATHS.batch(batch.batchId), { state: { plan: planOf(wanted, batch) } });
    },
  );

  return (
    <>
      <ViewTitle>Compare</ViewTitle>
      <form ref={form.ref} className="composer" aria-label="New comparison" noValidate onSubmit={form.onSubmit}>
        <p className="hint">Every prompt runs with every model, side by side. Write one per line.</p>
        <div className="composer-pair">
          <Field name="prompts" label="Prompts" problem={form.about("prompts")}>
            {(attributes) => (
              <textarea
                {...attributes}
                data-testid="prompts"
                rows={4}
                value={prompts}
                placeholder={"A lighthouse in morning fog\nThe same lighthouse at night"}
                onChange={(event) => setPrompts(event.target.value)}
                onKeyDown={form.onKeyDown}
              />
            )}
          </Field>
          <Field name="models" label="Models" problem={form.about("models")}>
            {(attributes) => (
              <>
                <textarea
                  {...attributes}
                  data-testid="models"
                  rows={4}
                  value={models}
                  spellCheck={false}
                  autoCapitalize="none"
                  onChange={(event) => setModels(event.target.value)}
                  onKeyDown={form.onKeyDown}
                />
                <ModelChoices
                  models={suggested}
                  chosen={request.models}
                  onChange={(chosen) => setModels(chosen.join("\n"))}
                />
              </>
            )}
          </Field>
        </div>
        <div className="composer-row">
          <p className="total" role="status">
            {total > 0 && plural(total, "task", "tasks")}
            {total > 0 && cost !== null && <span data-testid="cost">, about {cost}</span>}
          </p>
          <SizeField form={form} value={size} onChange={setSize} />
          <CountField form={form} label="Each" value={count} onChange={setCount} />
          <StartButton form={form} label="Compare" busy="Starting…" testid="compare" />
        </div>
        <Notice form={form} />
      </form>
    </>
  );
}

function check({ prompts, models, count }: { prompts: string[]; models: string[]; count: number }): Issue[] {
  const issues: Issue[] = [];
  if (prompts.length === 0) issues.push({ path: "prompts", message: "Write at least one prompt." });
  if (models.length === 0) issues.push({ path: "models", message: "Name at least one model." });
  const total = prompts.length * models.length;
  if (total > TASK_LIMIT)
    issues.push({ path: "prompts", message: `That makes ${total} tasks. The limit is ${TASK_LIMIT}.` });
  return [...issues, ...checkCount(count)];
}
