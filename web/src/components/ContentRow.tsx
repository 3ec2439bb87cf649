// One row of content.
import type { Content } from "@taskwire/client";
import { memo, useId, useState } from "react";
import { codeInWords, moment } from "../words.ts";
import { DeleteButton } from "./DeleteButton.tsx";

/** A longer body is folded at first. */
const SHORT = 480;

export const ContentRow = memo(function ContentRow({ content }: { content: Content }) {
  const { id, title, body, category, createdAt, eventName, metadata, userId } = content;
  const titleId = useId();
  const [isOpen, setOpen] = useState(body.length <= SHORT);
  const model = typeof metadata.model === "string" ? metadata.model : null;
  return (
    <article
      id={`row-${id}`}
      className="row"
      tabIndex={-1}
      aria-labelledby={titleId}
      data-testid="content"
      data-content-id={id}
    >
      <h3 id={titleId}>{title}</h3>
      <ul className="facts">
        <li className="chip">{codeInWords(category)}</li>
        <li>
          <time dateTime={createdAt}>{moment(createdAt)}</time>
        </li>
        {eventName !== null && <li className="extra">{codeInWords(eventName)}</li>}
        {model !== null && <li className="extra model">{model}</li>}
      </ul>
      <p className="body">{isOpen ? body : `${body.slice(0, SHORT).trimEnd()}…`}</p>
      <div className="card-foot">
        {body.length > SHORT && (
          <button type="button" className="button quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? "Less" : "More"}
          </button>
        )}
        {/* A row without an owner is everyone's. */}
        {userId !== null && <DeleteButton doomed={{ content }} isOneOfMany />}
      </div>
    </article>
  );
});
