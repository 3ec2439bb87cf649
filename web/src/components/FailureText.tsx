// Why something failed: the code in words, and the message if it says more.
import type { TaskError } from "@taskwire/client";
import { codeInWords } from "../words.ts";

export function FailureText({ failure }: { failure: TaskError }) {
  const title = codeInWords(failure.code);
  const saysMore = failure.message.replace(/\.$/, "").toLowerCase() !== title.toLowerCase();
  return (
    <span className="failure" data-testid="error" data-code={failure.code}>
      <strong>{title}</strong>
      {failure.message !== "" && saysMore && <span>{failure.message}</span>}
    </span>
  );
}
