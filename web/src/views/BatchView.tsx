// One comparison, live.
import type { Task } from "@taskwire/client";
import { useBatch } from "@taskwire/client/react";
import { Link } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { BatchGrid } from "../components/BatchGrid.tsx";
import { Boundary } from "../components/Boundary.tsx";
import { Refused } from "../components/Refused.tsx";
import { type Plan, planFrom } from "../plan.ts";
import { PATHS } from "../routes.ts";

const NONE: readonly Task[] = [];

interface Props {
  id: string;
  /** From the history state that the form wrote. Without it, the plan is derived from the tasks. */
  plan: Plan | null;
}

export function BatchView({ id }: { id: string }) {
  const plan = useHistoryState<{ plan?: Plan } | null>()?.plan ?? null;
  return (
    <Boundary
      fallback={(error) => (
        <Refused title={error.status === 404 ? "There is no such comparison" : "This comparison could not be loaded"}>
          <p>{error.status === 404 ? "It does not exist, or it belongs to someone else." : error.message}</p>
          <p>
            <Link href={PATHS.compare}>New comparison</Link>
          </p>
        </Refused>
      )}
    >
      <Watched id={id} plan={plan} />
    </Boundary>
  );
}

function Watched({ id, plan }: Props) {
  // Where every task was refused, the server has nothing of it: the plan has the reasons.
  const isRefused = plan?.pairs.every((pair) => typeof pair !== "string");
  const found = useBatch(isRefused ? "skip" : id);
  // With a plan, the grid need not wait for the tasks.
  const tasks = found ?? (plan ? NONE : undefined);
  if (!tasks) return <p role="status">Loading…</p>;
  return (
    <>
      <BatchGrid plan={plan ?? planFrom(tasks)} tasks={tasks} isLoaded={found !== undefined} />
      <p>
        <Link href={PATHS.compare} className="button">
          New comparison
        </Link>
      </p>
    </>
  );
}
