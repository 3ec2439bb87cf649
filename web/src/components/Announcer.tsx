// Announces changes to screen readers: started and ended tasks, a lost connection.
import type { Task } from "@taskwire/client";
import { useConnectionState, useTasks } from "@taskwire/client/react";
import { useEffect, useRef, useState } from "react";
import { plural } from "../words.ts";

/** Most drops end sooner. Only a longer one is announced. */
const DROP_IS_REAL_AFTER_MS = 1500;

export function Announcer() {
  const { results } = useTasks();
  const connection = useConnectionState();
  const [message, setMessage] = useState("");
  const pending = useRef(new Set<string>());
  const wasDropped = useRef(false);

  useEffect(() => {
    for (const task of results) {
      if (task.taskId === null) continue;
      if (task.status === "pending") {
        if (!pending.current.has(task.taskId))
          setMessage(`Started: ${plural(task.images.length, "picture", "pictures")}.`);
        pending.current.add(task.taskId);
      } else if (pending.current.delete(task.taskId)) {
        setMessage(describeEnd(task));
      }
    }
  }, [results]);

  useEffect(() => {
    if (connection === "reconnecting" || connection === "offline") {
      const timer = setTimeout(() => {
        wasDropped.current = true;
        setMessage(connection === "offline" ? "Offline." : "Connection lost. Reconnecting.");
      }, DROP_IS_REAL_AFTER_MS);
      return () => clearTimeout(timer);
    }
    if (wasDropped.current) setMessage("Connected again.");
    wasDropped.current = false;
    return undefined;
  }, [connection]);

  return (
    <p className="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
      {message}
    </p>
  );
}

function describeEnd(task: Task): string {
  const ready = task.images.filter((image) => image.status === "success").length;
  const failed = task.images.filter((image) => image.status === "failed").length;
  if (ready === 0) return task.status === "failed" ? `Failed. ${task.error?.message ?? ""}`.trim() : "Done.";
  const good = `${plural(ready, "picture is", "pictures are")} ready`;
  return failed === 0 ? `${good}.` : `${good}, ${failed} failed.`;
}
