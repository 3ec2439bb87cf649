// Creates a link with which anyone can watch one task for an hour, and copies it.
import type { TaskwireError, Ticket } from "@taskwire/client";
import { useTaskwire } from "@taskwire/client/react";
import { useEffect, useId, useRef, useState } from "react";
import { sharedLink } from "../routes.ts";
import { moment } from "../words.ts";

export function ShareDialog({ taskId, onClose }: { taskId: string; onClose: () => void }) {
  const client = useTaskwire();
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [ticket, setTicket] = useState<Ticket | null>(null);
  const [message, setMessage] = useState("");

  useEffect(() => dialog.current?.showModal(), []);

  useEffect(() => {
    const aborter = new AbortController();
    client
      .task(taskId)
      .ticket({ share: true, signal: aborter.signal })
      .then(setTicket, (error: TaskwireError) => {
        if (!aborter.signal.aborted) setMessage(error.message);
      });
    return () => aborter.abort();
  }, [client, taskId]);

  async function copy(): Promise<void> {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(field.current?.value ?? "");
      setMessage("Copied.");
    } catch {
      setMessage("The link is selected. Copy it from the field.");
    }
  }

  const link = ticket ? sharedLink(location.origin, taskId, ticket.ticket) : "";
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onClose={onClose} data-testid="share-dialog">
      <h2 id={titleId}>Share this task</h2>
      <p>
        Anyone with the link can watch this task without signing in
        {ticket && (
          <>
            , until <time dateTime={ticket.expiresAt}>{moment(ticket.expiresAt)}</time>
          </>
        )}
        . They cannot change anything.
      </p>
      <div className="field">
        <label htmlFor={`${titleId}-link`}>Link</label>
        <input
          ref={field}
          id={`${titleId}-link`}
          data-testid="shared-link"
          readOnly
          value={link}
          placeholder="Creating the link…"
          onFocus={(event) => event.target.select()}
        />
      </div>
      <p className="hint" role="status">
        {message}
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
        <button
          type="button"
          className="button primary"
          aria-disabled={!ticket}
          onClick={() => void (ticket && copy())}
        >
          Copy the link
        </button>
      </div>
    </dialog>
  );
}
