// One webhook: what became of it and why, its facts, its body, and the way to take it again.
import type { DeliveryDetail, Stage } from "@taskwire/client/admin";
import { useCallback, useState } from "react";
import { Link } from "wouter";
import { Refused } from "../components/Refused.tsx";
import { Status } from "../components/Status.tsx";
import { ViewTitle } from "../components/ViewTitle.tsx";
import { linkTo, NO_DELIVERY_CHOICE } from "./address.ts";
import { Body } from "./Body.tsx";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { useAdmin } from "./context.ts";
import { size, took } from "./figures.ts";
import { CopyId, Facts, LoadProblem, Time, VerdictMark } from "./Parts.tsx";
import { STAGES } from "./stages.ts";
import { useLoad } from "./use_load.ts";
import { meaningOf, replayedAs } from "./verdicts.ts";

export function DeliveryView({ id }: { id: string }) {
  const admin = useAdmin();
  const load = useCallback((options: { signal: AbortSignal }) => admin.delivery(id, options), [admin, id]);
  const { value, error, reload } = useLoad(load);
  if (error?.status === 404) {
    return (
      <Refused title="There is no such delivery">
        <p>Deliveries are kept for 8 days.</p>
        <p>
          <Link href={linkTo({ view: "deliveries", ...NO_DELIVERY_CHOICE })}>Go to the deliveries</Link>
        </p>
      </Refused>
    );
  }
  if (!value) return error ? <LoadProblem error={error} onRetry={reload} /> : <p role="status">Loading…</p>;
  return <Shown delivery={value} />;
}

/** Why there is no button. Null: there is one, and the server has the last word. */
function whyNot({ verdict, body, isComplete }: DeliveryDetail): string | null {
  if (verdict === "bad_signature" || verdict === "too_large")
    return "It cannot be replayed: its signature was never found to be good.";
  if (body === null) return "It cannot be replayed: its body is not kept any more.";
  return isComplete ? null : "It cannot be replayed: only the beginning of its body was kept.";
}

function Shown({ delivery }: { delivery: DeliveryDetail }) {
  const admin = useAdmin();
  const [isAsking, setAsking] = useState(false);
  const { id, at, provider, event, providerDelivery, taskId, verdict, status, ms, bytes, reason, body, settled } =
    delivery;
  const obstacle = whyNot(delivery);
  const close = useCallback(() => setAsking(false), []);
  return (
    <article className="admin-sheet" data-testid="delivery-sheet" data-verdict={verdict}>
      <div className="admin-head">
        <ViewTitle>{event ?? "Webhook"}</ViewTitle>
        <VerdictMark verdict={verdict} />
      </div>
      <p className="lead">{meaningOf(verdict)}</p>
      {reason && <p className="notice">{reason}</p>}
      <div className="actions">
        {obstacle === null && (
          <button
            type="button"
            className="button primary"
            aria-haspopup="dialog"
            data-testid="replay"
            onClick={() => setAsking(true)}
          >
            Replay…
          </button>
        )}
        {taskId && (
          <Link href={linkTo({ view: "task", id: taskId })} className="button">
            Its task
          </Link>
        )}
        {obstacle !== null && <p className="hint">{obstacle}</p>}
      </div>
      <Facts
        facts={[
          ["Arrived", <Time key="at" at={at} />],
          ["Provider", provider],
          ["Task or channel", taskId && <CopyId id={taskId} what="the task’s id" />],
          ["The provider’s id", providerDelivery && <CopyId id={providerDelivery} what="the provider’s id" />],
          ["Answered", String(status)],
          ["Took", took(ms)],
          ["Size", size(bytes)],
          ["Number", id],
          ["Ended its task", settled && <Ended key="ended" settled={settled} />],
        ]}
      />
      {body === null ? (
        <p className="nothing">The body is not kept any more. What is erased goes with its task.</p>
      ) : (
        <>
          <Body text={body} label="Body" />
          {!delivery.isComplete && <p className="hint">Only the beginning was kept: it had {size(bytes)}.</p>}
        </>
      )}
      {isAsking && (
        <ConfirmDialog
          title="Replay this delivery?"
          done="Replayed"
          lines={[
            "It goes through the same door as when it came. A task that has it already stays as it is; one that had missed it gets it now, with all that follows, such as events to your backend.",
          ]}
          confirm="Replay"
          busy="Replaying…"
          act={async () => {
            const { verdict } = await admin.replay(id);
            return (
              <div data-testid="replayed" data-verdict={verdict}>
                <VerdictMark verdict={verdict} />
                <p>{replayedAs(verdict)}</p>
              </div>
            );
          }}
          onClose={close}
        />
      )}
    </article>
  );
}

function Ended({ settled: { kind, status, stages } }: { settled: NonNullable<DeliveryDetail["settled"]> }) {
  const known = (Object.keys(STAGES) as Stage[]).flatMap((stage) => {
    const ms = stages[stage];
    return ms === null || ms === undefined ? [] : [`${STAGES[stage].name} ${took(ms)}`];
  });
  return (
    <>
      {status === "completed" || status === "failed" ? <Status status={status} /> : status} · {kind}
      {known.length > 0 && <span className="fact-more">{known.join(" · ")}</span>}
    </>
  );
}
