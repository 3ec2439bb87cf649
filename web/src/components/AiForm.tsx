// The form that starts a request to a ModelRiver workflow.
import type { AiRequest, Issue } from "@taskwire/client";
import { useTaskwire } from "@taskwire/client/react";
import { useState } from "react";
import { useForm } from "../use_form.ts";
import { Field } from "./Field.tsx";
import { Notice } from "./Notice.tsx";
import { StartButton } from "./StartButton.tsx";

/** Suggestions. A user can type any other workflow. */
const WORKFLOWS = ["new_movie_suggestion", "product_description", "weekly_digest"] as const;
const FIELDS = ["workflow", "messages", "category"];

export function AiForm({ onStarted }: { onStarted: (channelId: string, request: AiRequest) => void }) {
  const client = useTaskwire();
  const [workflow, setWorkflow] = useState<string>(WORKFLOWS[0]);
  const [message, setMessage] = useState("");
  const [category, setCategory] = useState("");
  const form = useForm(
    FIELDS,
    () => check(workflow, message),
    async () => {
      const content = message.trim();
      const metadata = category.trim() === "" ? {} : { category: category.trim() };
      const request = { workflow: workflow.trim(), messages: [{ role: "user", content }], metadata };
      const { channelId } = await client.ai(request);
      setMessage("");
      onStarted(channelId, request);
    },
  );

  return (
    <form ref={form.ref} className="composer" aria-label="New request" noValidate onSubmit={form.onSubmit}>
      <Field name="workflow" label="Workflow" problem={form.about("workflow")}>
        {(attributes) => (
          <input
            {...attributes}
            data-testid="workflow"
            type="text"
            list="workflows"
            value={workflow}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setWorkflow(event.target.value)}
            onFocus={(event) => event.target.select()}
          />
        )}
      </Field>
      <datalist id="workflows">
        {WORKFLOWS.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field name="messages" label="Message" problem={form.about("messages")}>
        {(attributes) => (
          <textarea
            {...attributes}
            data-testid="message"
            rows={3}
            value={message}
            placeholder="A film about a lighthouse keeper"
            onChange={(event) => setMessage(event.target.value)}
            onKeyDown={form.onKeyDown}
          />
        )}
      </Field>
      <Field name="category" label="Category (optional)" problem={form.about("category")}>
        {(attributes) => (
          <input
            {...attributes}
            data-testid="category"
            type="text"
            value={category}
            maxLength={80}
            autoComplete="off"
            placeholder="films"
            onChange={(event) => setCategory(event.target.value)}
          />
        )}
      </Field>
      <StartButton form={form} label="Ask" busy="Sending…" testid="ask" />
      <Notice form={form} />
    </form>
  );
}

function check(workflow: string, message: string): Issue[] {
  const issues: Issue[] = [];
  if (workflow.trim() === "") issues.push({ path: "workflow", message: "Name the workflow." });
  if (message.trim() === "") issues.push({ path: "messages", message: "Write what the workflow should make." });
  return issues;
}
