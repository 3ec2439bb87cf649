// Why a request was refused, and the issues that belong to no field.
import type { Form } from "../use_form.ts";

export function Notice({ form: { message, others } }: { form: Form }) {
  if (message === null && others.length === 0) return null;
  return (
    <div className="notice" role="alert" data-testid="error">
      {message !== null && <p>{message}</p>}
      {others
        .filter((issue) => issue.message !== message)
        .map(({ path, message: text }) => (
          <p key={path}>{path ? `${path}: ${text}` : text}</p>
        ))}
    </div>
  );
}
