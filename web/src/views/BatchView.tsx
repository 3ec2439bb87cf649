// A comparison under way, and when it is done.
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
  /** Put with the address by the form; without it, the tasks tell. */
  plan: Plan | null;
}

export function BatchView({ id }: { id: string }) {
  const plan = useHistoryState<{ plan?: Plan } | null>()?.plan ?? null;
  return (
    <Boundary
      fallback={(error) => (
        <Refused title={error.status === 404 ? "There is no such comparison" : "This comparison could not be loaded"}>
          <p>{error.status === 404 ? "It does not exist, or it is somebody else's." : error.message}</p>
          <p>
            <Link href={PATHS.compare}>To a new one</Link>
          </p>
        </Refused>
      )}
    >
      <Watched id={id} plan={plan} />
    </Boundary>
  );
}

function Watched({ id, plan }: Props) {
  // Where the plan is known, its grid need not wait for the tasks.
  const tasks = useBatch(id) ?? (plan ? NONE : undefined);
  if (!tasks) return <p role="status">Loading…</p>;
  return (
    <>
      <BatchGrid plan={plan ?? planFrom(tasks)} tasks={tasks} />
      <p>
        <Link href={PATHS.compare} className="button">
          New comparison
        </Link>
      </p>
    </>
  );
}
