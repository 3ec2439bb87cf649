// Why something failed: the code in words, and the message.
import type { Failure } from "../types.ts";
import { codeInWords } from "../words.ts";

export function FailureText({ failure }: { failure: Failure }) {
  return (
    <span className="failure" data-testid="error" data-code={failure.code}>
      <strong>{codeInWords(failure.code)}</strong>
      {failure.message !== "" && <span>{failure.message}</span>}
    </span>
  );
}
