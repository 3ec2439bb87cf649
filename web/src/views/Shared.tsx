// A shared task. The ticket in the link is enough, so a visitor need not sign in.
import { createTaskwire, type TaskwireError } from "@taskwire/client";
import { TaskwireProvider, useTask } from "@taskwire/client/react";
import { useEffect, useMemo } from "react";
import { Boundary } from "../components/Boundary.tsx";
import { ConnectionPill } from "../components/ConnectionPill.tsx";
import { Logo } from "../components/Logo.tsx";
import { Refused } from "../components/Refused.tsx";
import { TaskSheet } from "../components/TaskSheet.tsx";
import { PATHS } from "../routes.ts";

export function Shared({ id, ticket }: { id: string; ticket: string }) {
  // A client without a token: only what the ticket allows is shown.
  const client = useMemo(() => createTaskwire(), []);
  useEffect(() => () => client.close(), [client]);
  return (
    <TaskwireProvider client={client}>
      <header className="bar">
        <a href={PATHS.gallery} className="brand">
          <Logo /> taskwire
        </a>
        <ConnectionPill />
        <span className="who">Shared with you</span>
      </header>
      <main className="studio">
        <Boundary fallback={(error) => <Over error={error} />}>
          <Watched id={id} ticket={ticket} />
        </Boundary>
      </main>
    </TaskwireProvider>
  );
}

function Watched({ id, ticket }: { id: string; ticket: string }) {
  const task = useTask(id, { ticket });
  return task ? <TaskSheet task={task} /> : <p role="status">Loading…</p>;
}

function Over({ error }: { error: TaskwireError }) {
  // Every invalid ticket has the same code. Only the message says whether it has expired.
  const hasExpired = error.code === "invalid_ticket" && /expired/.test(error.message);
  if (error.code === "not_found") {
    return (
      <Refused title="This task is gone">
        <p>It was deleted, so the link leads nowhere any more.</p>
        <p>
          <a href={PATHS.gallery}>Go to taskwire</a>
        </p>
      </Refused>
    );
  }
  return (
    <Refused title={hasExpired ? "This link has expired" : "This link is not valid"}>
      <p>
        {hasExpired
          ? "A shared link works for an hour. Ask for a new one."
          : "It may have been cut short or changed on its way to you, or the task is gone. Ask for a new one."}
      </p>
      <p>
        <a href={PATHS.gallery}>Go to taskwire</a>
      </p>
    </Refused>
  );
}
