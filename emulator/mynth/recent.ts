/** The last tasks, for the index page. Pure: values in, HTML out. */

import { code, deliveryLine, excerpt, requestRow } from "../markup.ts";
import type { MynthControl, Task } from "./control.ts";

function pictures(task: Task): string {
  if (task.status !== "completed") return "";
  const shown = task.images.map((image) =>
    image.ok ? `<img src="/images/${image.id}.png" alt="" loading="lazy">` : "",
  );
  return `<br>${shown.join("")}`;
}

export function recentTasks({ tasks, deliveries }: MynthControl, most: number): string[] {
  const newest = [...tasks.values()].slice(-most).reverse();
  return newest.map((task) => {
    const sent = deliveries.filter(({ taskId }) => taskId === task.id);
    const about = `${code(task.id)}<br>${excerpt(task.request.prompt)}${pictures(task)}`;
    return requestRow(
      task.status,
      about,
      sent.map((attempt) => deliveryLine(attempt.event, attempt)),
    );
  });
}
