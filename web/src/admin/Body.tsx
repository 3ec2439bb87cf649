// The body of a webhook or an event: JSON with indents, or the text as it came.
import { useMemo, useState } from "react";
import { pretty } from "./figures.ts";
import { CopyId } from "./Parts.tsx";

export function Body({ text, label }: { text: string; label: string }) {
  const formatted = useMemo(() => pretty(text), [text]);
  const [isRaw, setRaw] = useState(false);
  const shown = isRaw ? text : (formatted ?? text);
  return (
    <div className="body-box">
      <header>
        <h2>{label}</h2>
        {formatted !== null && formatted !== text && (
          <button type="button" className="button quiet" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
            As it came
          </button>
        )}
        <CopyId id={text} what={label.toLowerCase()}>
          <span className="visually-hidden">{label}</span>
        </CopyId>
      </header>
      <pre className="code" tabIndex={0} role="region" aria-label={label} data-testid="body">
        {shown === "" ? "(empty)" : shown}
      </pre>
    </div>
  );
}
