/** `deliveries`: the webhooks that came in, and what became of them. */

import type { Command } from "commander";
import type { Delivery, DeliveryDetail, DeliveryPage, DeliveryQuery } from "../admin_types.ts";
import type { TaskwireAdmin } from "../api.ts";
import { bodyLines, DELIVERY_HEAD, deliveryRow, fields, judged, table, VERDICT_COLUMN } from "../format.ts";
import { whole } from "../options.ts";
import type { Colors } from "../output.ts";
import type { Registry } from "../program.ts";
import { lasting, timeIn } from "../times.ts";

export const PAGE = 50;

interface ListOptions {
  task?: string;
  verdict?: string;
  provider?: string;
  since?: string;
  limit: number;
  cursor?: string;
  oldest?: boolean;
}

function shownOf(delivery: DeliveryDetail, colors: Colors): string[] {
  const { body, isComplete, settled, bytes } = delivery;
  const stages = Object.entries(settled?.stages ?? {}).map(([name, ms]) => `${name} ${lasting(ms)}`);
  const kept = body === null ? "not kept any more" : isComplete ? `${bytes} bytes` : `${bytes} bytes, cut off`;
  return [
    ...fields(
      [
        ["id", delivery.id],
        ["at", delivery.at],
        ["verdict", delivery.verdict],
        ["reason", delivery.reason],
        ["answered", `${delivery.status} after ${lasting(delivery.ms)}`],
        ["provider", delivery.provider],
        ["event", delivery.event],
        ["its id", delivery.providerDelivery],
        ["task", delivery.taskId],
        ["ended", settled && `${settled.kind} ${settled.status}: ${stages.join(", ")}`],
        ["body", kept],
      ],
      colors,
    ),
    ...(body === null ? [] : ["", ...bodyLines(body)]),
  ];
}

/** Pages asked for at most. */
const MOST_PAGES = 20;

/** As many as are asked for: a page of the deployment may be short, or empty, and not be the last. */
async function gathered(admin: TaskwireAdmin, query: DeliveryQuery & { limit: number }): Promise<DeliveryPage> {
  const deliveries: Delivery[] = [];
  let cursor = query.cursor ?? null;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await admin.deliveries({ ...query, limit: query.limit - deliveries.length, cursor });
    deliveries.push(...page.deliveries);
    const isLast = page.nextCursor === null || page.nextCursor === cursor;
    cursor = page.nextCursor;
    if (isLast || deliveries.length >= query.limit) break;
  }
  return { deliveries, nextCursor: cursor };
}

export function deliveriesCommand(root: Command, { add, does }: Registry): void {
  const deliveries = add(root, "deliveries", "the webhooks that came in");
  const list = add(deliveries, "list", "newest first", { isDefault: true })
    .option("--task <id>", "those of a task or a channel")
    .option("--verdict <words>", "those with this verdict, or one of several: applied,duplicate")
    .option("--provider <name>", "those of a provider")
    .option("--since <time>", "those since then: 2h, or an ISO time")
    .option("--limit <number>", `how many, up to 100`, whole("--limit", 1, 100), PAGE)
    .option("--cursor <cursor>", "goes on after an earlier page")
    .option("--oldest", "oldest first");
  does<ListOptions>(list, async (context, { since, oldest, ...query }) => {
    const { output } = context;
    const page = await gathered(context.admin(), {
      ...query,
      since: since && timeIn(since, "--since"),
      order: oldest ? "oldest" : undefined,
    });
    output.result(page, () => {
      if (page.deliveries.length === 0) return ["No deliveries."];
      const { colors } = output;
      return table(DELIVERY_HEAD, page.deliveries.map(deliveryRow), colors, (cell, column) =>
        column === VERDICT_COLUMN ? judged(cell, colors) : cell,
      );
    });
    if (!output.isJson && page.nextCursor !== null && (!oldest || page.deliveries.length === query.limit))
      output.note(`More: --cursor ${page.nextCursor}`);
  });
  const get = add(deliveries, "get <id>", "one, with its body");
  does(get, async (context, _, id = "") => {
    const delivery = await context.admin().delivery(id);
    context.output.result({ delivery }, () => shownOf(delivery, context.output.colors));
  });
}
