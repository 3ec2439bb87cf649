// Why something failed: the code in words, and the message where that says more.
import type { Failure } from "../types.ts";
import { codeInWords } from "../words.ts";

export function FailureText({ failure }: { failure: Failure }) {
  const title = codeInWords(failure.code);
  const saysMore = failure.message.replace(/\.$/, "").toLowerCase() !== title.toLowerCase();
  return (
    <span className="failure" data-testid="error" data-code={failure.code}>
      <strong>{title}</strong>
      {failure.message !== "" && saysMore && <span>{failure.message}</span>}
    </span>
  );
}
