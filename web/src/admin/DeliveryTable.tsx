// Deliveries as a table. On a narrow screen each is a block of two lines. That layout takes the table's semantics away, and
// the explicit roles keep them.
import type { Delivery } from "@taskwire/client/admin";
import { Link } from "wouter";
import { linkTo } from "./address.ts";
import { took } from "./figures.ts";
import { Time, VerdictMark } from "./Parts.tsx";
import { TableHead } from "./TableHead.tsx";

interface Props {
  deliveries: readonly Delivery[];
  /** Others are being loaded. */
  isBusy: boolean;
  isFresh: (delivery: Delivery) => boolean;
}

export function DeliveryTable({ deliveries, isBusy, isFresh }: Props) {
  return (
    <div className="table-box" aria-busy={isBusy}>
      <table className="log" role="table" aria-label="Deliveries, newest first" data-testid="deliveries">
        <TableHead names={["Arrived", "Verdict", "Webhook", "Task or channel", "Took"]} />
        <tbody role="rowgroup">
          {deliveries.map((delivery) => (
            <Row key={delivery.id} delivery={delivery} isFresh={isFresh(delivery)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ delivery, isFresh }: { delivery: Delivery; isFresh: boolean }) {
  const { id, at, verdict, provider, event, taskId, ms, reason } = delivery;
  return (
    <tr role="row" data-testid="delivery" data-delivery-id={id} data-verdict={verdict} data-fresh={isFresh}>
      <td role="cell" className="log-when">
        <Time at={at} />
      </td>
      <td role="cell" className="log-mark">
        <VerdictMark verdict={verdict} />
      </td>
      <td role="cell" className="log-what">
        <Link href={linkTo({ view: "delivery", id })} className="log-link">
          {event ?? (reason || "Unreadable")}
        </Link>
        <span className="log-more">{provider}</span>
      </td>
      <td role="cell" className="log-task">
        {taskId && (
          <Link href={linkTo({ view: "task", id: taskId })} title={taskId}>
            {taskId}
          </Link>
        )}
      </td>
      <td role="cell" className="log-number">
        {took(ms)}
      </td>
    </tr>
  );
}
