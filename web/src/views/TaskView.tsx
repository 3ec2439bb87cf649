// The page of one task: its details and its actions.
import type { Task } from "@taskwire/client";
import { useTask } from "@taskwire/client/react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { Boundary } from "../components/Boundary.tsx";
import { CancelButton } from "../components/CancelButton.tsx";
import { DeleteButton } from "../components/DeleteButton.tsx";
import { Refused } from "../components/Refused.tsx";
import { RetryTask } from "../components/RetryButton.tsx";
import { ShareDialog } from "../components/ShareDialog.tsx";
import { TaskSheet } from "../components/TaskSheet.tsx";
import { PATHS } from "../routes.ts";
import { sizeOf } from "../shapes.ts";

export function TaskView({ id }: { id: string }) {
  return (
    <Boundary
      fallback={(error) => (
        <Refused title={error.status === 404 ? "There is no such task" : "This task could not be loaded"}>
          <p>
            {error.status === 404 ? "It was deleted, has never existed, or belongs to someone else." : error.message}
          </p>
          <p>
            <Link href={PATHS.history}>Go to the history</Link>
          </p>
        </Refused>
      )}
    >
      <Loaded id={id} />
    </Boundary>
  );
}

function Loaded({ id }: { id: string }) {
  const task = useTask(id);
  return task ? <Shown id={id} task={task} /> : <p role="status">Loading…</p>;
}

function Shown({ id, task }: { id: string; task: Task }) {
  const [, navigate] = useLocation();
  const [isSharing, setSharing] = useState(false);
  const { prompt, requestedModel: model } = task;
  const isAgain = task.kind === "image.generate" && prompt !== null && model !== null;
  return (
    <TaskSheet task={task}>
      <div className="actions">
        <button type="button" className="button" data-testid="share" onClick={() => setSharing(true)}>
          Share…
        </button>
        {isAgain && (
          <Link href={PATHS.gallery} state={{ wanted: { prompt, model, size: sizeOf(task) } }} className="button">
            Use this prompt
          </Link>
        )}
        <CancelButton task={task} />
        <RetryTask task={task} onStarted={(taskId) => navigate(PATHS.task(taskId))} />
        <DeleteButton doomed={{ task }} className="button" />
      </div>
      {isSharing && <ShareDialog taskId={id} onClose={() => setSharing(false)} />}
    </TaskSheet>
  );
}
