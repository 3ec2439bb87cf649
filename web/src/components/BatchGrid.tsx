// A table with a row for each prompt and a column for each model. On a narrow screen the models stand below their
// prompt. That layout takes the table's semantics away, and the explicit roles keep them.
import type { Task } from "@taskwire/client";
import type { Plan } from "../plan.ts";
import { BatchCell } from "./BatchCell.tsx";
import { ViewTitle } from "./ViewTitle.tsx";

interface Props {
  plan: Plan;
  tasks: readonly Task[];
  /** Once they are loaded, a task that is not there was deleted. */
  isLoaded: boolean;
}

export function BatchGrid({ plan, tasks, isLoaded }: Props) {
  const { prompts, models, pairs } = plan;
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const ended = pairs.filter(
    (pair) => typeof pair !== "string" || (byId.get(pair)?.status ?? (isLoaded ? "deleted" : "pending")) !== "pending",
  ).length;
  return (
    <>
      <div className="view-head">
        <ViewTitle>Comparison</ViewTitle>
        <p className="hint" role="status" data-testid="batch-progress">
          {ended} of {pairs.length} done
        </p>
      </div>
      <div className="grid-scroll" role="region" aria-label="Comparison" tabIndex={0}>
        <table className="grid" role="table" data-testid="grid">
          <thead role="rowgroup">
            <tr role="row">
              <td role="cell" />
              {models.map((model, at) => (
                <th key={at} role="columnheader" scope="col">
                  {model}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {prompts.map((prompt, row) => (
              <tr key={row} role="row">
                <th role="rowheader" scope="row">
                  {prompt}
                </th>
                {models.map((model, column) => {
                  const pair = pairs[row * models.length + column] ?? null;
                  const task = typeof pair === "string" ? byId.get(pair) : undefined;
                  return <BatchCell key={column} {...{ plan, prompt, model, pair, task, isLoaded }} />;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
