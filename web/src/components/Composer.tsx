// The form that starts a task. Checks what needs no server, and puts the server's word beside the field it is about.
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { ApiError } from "../api.ts";
import type { GenerateInput, Issue } from "../types.ts";
import { Field } from "./Field.tsx";

const MODELS = ["google/gemini-3.1-flash-image", "black-forest-labs/flux-2-pro", "bytedance/seedream-5"] as const;
const PROMPT_LIMIT = 8192;
const COUNT_LIMIT = 20;
const FIELDS = ["prompt", "model", "count"];

export function Composer({ onGenerate }: { onGenerate: (input: GenerateInput) => Promise<void> }) {
  const form = useRef<HTMLFormElement>(null);
  const [prompt, setPrompt] = useState("");
  const [model, setModel] = useState<string>(MODELS[0]);
  const [count, setCount] = useState("4");
  const [isStarting, setStarting] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  const [issues, setIssues] = useState<Issue[]>([]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isStarting) return;
    const input = { prompt: prompt.trim(), model: model.trim(), count: Number(count) };
    const found = check(input);
    setIssues(found);
    setMessage(null);
    if (found.length > 0) return focusOn(found);
    setStarting(true);
    try {
      await onGenerate(input);
    } catch (error) {
      const named = error instanceof ApiError ? error.issues : [];
      setMessage(error instanceof ApiError ? error.message : "Something went wrong on this page. Please try again.");
      setIssues(named);
      focusOn(named);
    } finally {
      setStarting(false);
    }
  }

  function focusOn(found: Issue[]) {
    const name = found.find((issue) => FIELDS.includes(issue.path))?.path;
    if (name) form.current?.querySelector<HTMLElement>(`[name="${name}"]`)?.focus();
  }

  function submitOnShortcut(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) form.current?.requestSubmit();
  }

  const about = (path: string) => issues.find((issue) => issue.path === path)?.message ?? null;
  const others = issues.filter((issue) => !FIELDS.includes(issue.path));
  return (
    <form ref={form} className="composer" noValidate onSubmit={(event) => void submit(event)}>
      <Field name="prompt" label="Prompt" problem={about("prompt")}>
        {(attributes) => (
          <textarea
            {...attributes} data-testid="prompt" rows={3} maxLength={PROMPT_LIMIT} value={prompt}
            placeholder="A lighthouse in morning fog, soft watercolour"
            onChange={(event) => setPrompt(event.target.value)} onKeyDown={submitOnShortcut}
          />
        )}
      </Field>
      <div className="composer-row">
        <Field name="model" label="Model" problem={about("model")}>
          {(attributes) => (
            <input
              {...attributes} data-testid="model" type="text" list="models" value={model} autoComplete="off"
              autoCapitalize="none" spellCheck={false} onChange={(event) => setModel(event.target.value)}
              onFocus={(event) => event.target.select()}
            />
          )}
        </Field>
        <datalist id="models">
          {MODELS.map((name) => <option key={name} value={name} />)}
        </datalist>
        <Field name="count" label="Pictures" problem={about("count")}>
          {(attributes) => (
            <input
              {...attributes} data-testid="count" type="number" inputMode="numeric" min={1} max={COUNT_LIMIT} step={1}
              value={count} onChange={(event) => setCount(event.target.value)}
            />
          )}
        </Field>
        <button type="submit" className="button primary" data-testid="generate" aria-disabled={isStarting}>
          {isStarting ? "Starting…" : "Generate"}
        </button>
      </div>
      {message !== null && (
        <div className="notice" role="alert" data-testid="error">
          <p>{message}</p>
          {others.length > 0 && (
            <ul>{others.map(({ path, message: text }) => <li key={path}>{path ? `${path}: ${text}` : text}</li>)}</ul>
          )}
        </div>
      )}
    </form>
  );
}

function check({ prompt, model, count }: GenerateInput): Issue[] {
  const issues: Issue[] = [];
  if (prompt === "") issues.push({ path: "prompt", message: "Write what the pictures should show." });
  if (model === "") issues.push({ path: "model", message: "Choose a model." });
  if (!Number.isInteger(count) || count < 1 || count > COUNT_LIMIT) {
    issues.push({ path: "count", message: `1 to ${COUNT_LIMIT}.` });
  }
  return issues;
}
