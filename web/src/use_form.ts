// A form that sends one request at a time, and shows each problem beside its field.
import { type Issue, TaskwireError } from "@taskwire/client";
import { type FormEvent, type KeyboardEvent, type RefObject, useRef, useState } from "react";

export interface Form {
  ref: RefObject<HTMLFormElement | null>;
  isBusy: boolean;
  /** Why the request as a whole was refused. */
  message: string | null;
  /** The issues that belong to no field of the form. */
  others: Issue[];
  about: (field: string) => string | null;
  onSubmit: (event: FormEvent) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

const UNEXPECTED = "Something went wrong on this page. Please try again.";

/** `check` finds issues without the server. `send` throws a TaskwireError. */
export function useForm(fields: readonly string[], check: () => Issue[], send: () => Promise<void>): Form {
  const ref = useRef<HTMLFormElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  const [issues, setIssues] = useState<Issue[]>([]);

  /** The path `prompts[2]` belongs to the field `prompts`. */
  const isAbout = (issue: Issue, field: string): boolean => issue.path.split(/[.[]/, 1)[0] === field;

  function complain(found: Issue[], whole: string | null): void {
    setIssues(found);
    setMessage(whole);
    const first = fields.find((field) => found.some((issue) => isAbout(issue, field)));
    if (first) ref.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  }

  async function submit(): Promise<void> {
    if (isBusy) return;
    const found = check();
    complain(found, null);
    if (found.length > 0) return;
    setBusy(true);
    try {
      await send();
    } catch (error) {
      const known = error instanceof TaskwireError;
      complain(known ? error.issues : [], known ? error.message : UNEXPECTED);
    } finally {
      setBusy(false);
    }
  }

  return {
    ref,
    isBusy,
    message,
    others: issues.filter((issue) => !fields.some((field) => isAbout(issue, field))),
    about: (field) => issues.find((issue) => isAbout(issue, field))?.message ?? null,
    onSubmit(event) {
      event.preventDefault();
      void submit();
    },
    onKeyDown(event) {
      if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) ref.current?.requestSubmit();
    },
  };
}
