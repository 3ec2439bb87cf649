// Deletes what the dialog was asked to. A task or a row goes at once. If it cannot be deleted, it is back, and so is the
// dialog, with the reason. It stands above the views, because what it deletes may take a whole view away.
import { TaskwireError } from "@taskwire/client";
import { useDeleteContent, useDeleteTask, useTaskwire } from "@taskwire/client/react";
import { type ReactNode, useCallback, useState } from "react";
import { flushSync } from "react-dom";
import { useLocation } from "wouter";
import { type Doomed, nameOf, wordsOf } from "../deletion.ts";
import { PATHS } from "../routes.ts";
import { AskToDelete } from "../use_deletion.ts";
import { DeleteDialog } from "./DeleteDialog.tsx";

interface Asked {
  doomed: Doomed;
  problem: string | null;
  isBusy: boolean;
  isDone: boolean;
}

const reasonOf = (error: unknown): string => (error instanceof TaskwireError ? error.message : String(error));

const deleteButtons = () => document.querySelectorAll<HTMLElement>("[data-testid=delete]");

/** The focus goes to the button that has taken this place, or to the heading, unless a new view has it. */
function focusNear(place: number): void {
  if (document.activeElement !== document.body) return;
  const buttons = deleteButtons();
  (buttons[Math.min(Math.max(place, 0), buttons.length - 1)] ?? document.querySelector("h1"))?.focus();
}

export function Deletion({ children }: { children: ReactNode }) {
  const client = useTaskwire();
  const deleteTask = useDeleteTask();
  const deleteContent = useDeleteContent();
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [said, setSaid] = useState("");

  const ask = useCallback(
    (doomed: Doomed, problem: string | null = null) => setAsked({ doomed, problem, isBusy: false, isDone: false }),
    [],
  );

  async function deleteOne(doomed: Exclude<Doomed, "everything">): Promise<void> {
    const place = [...deleteButtons()].indexOf(document.activeElement as HTMLElement);
    let deleting: Promise<void> | undefined;
    // Afterwards the row is off the page.
    flushSync(() => {
      setAsked(null);
      if ("content" in doomed) {
        deleting = deleteContent(doomed.content.id);
      } else {
        const id = doomed.task.taskId as string;
        // Back must not lead to what is gone.
        if (location.pathname === PATHS.task(id)) navigate(PATHS.history, { replace: true });
        deleting = deleteTask(id);
      }
    });
    focusNear(place);
    try {
      await deleting;
      setSaid(`Deleted: ${nameOf(doomed)}`);
    } catch (error) {
      ask(doomed, `“${nameOf(doomed)}” was not deleted. ${reasonOf(error)}`);
    }
  }

  async function deleteEverything(asked: Asked): Promise<void> {
    /** Whoever has closed the dialog meanwhile hears of the outcome all the same, but does not see it open again. */
    const tell = (next: Partial<Asked>): void => setAsked((now) => now && { ...asked, ...next });
    setAsked({ ...asked, problem: null, isBusy: true });
    try {
      await client.deleteMe();
      tell({ isBusy: false, isDone: true });
      setSaid("Everything of yours is being deleted.");
    } catch (error) {
      const problem = `Nothing may have been deleted. ${reasonOf(error)}`;
      tell({ isBusy: false, problem });
      setSaid(problem);
    }
  }

  return (
    <AskToDelete value={ask}>
      {children}
      {asked && (
        <DeleteDialog
          words={wordsOf(asked.doomed)}
          problem={asked.problem}
          isBusy={asked.isBusy}
          outcome={
            asked.isDone ? <p>Everything of yours is being deleted. It takes a few minutes. You can go on.</p> : null
          }
          isQuick={asked.doomed !== "everything"}
          onConfirm={() => void (asked.doomed === "everything" ? deleteEverything(asked) : deleteOne(asked.doomed))}
          onClose={() => setAsked(null)}
        />
      )}
      <p className="visually-hidden" role="status" data-testid="deletion">
        {said}
      </p>
    </AskToDelete>
  );
}
