/** `events`: what goes out to the app's own backend. */

import type { Command } from "commander";
import type { EventDetail, EventState } from "../admin_types.ts";
import { bodyLines, EVENT_HEAD, eventRow, fields, judged, roadsOf, table } from "../format.ts";
import { oneOf, whole } from "../options.ts";
import type { Colors } from "../output.ts";
import type { Registry } from "../program.ts";
import { PAGE } from "./deliveries.ts";

const STATES = ["delivered", "waiting", "failed"] as const;
const STATE_COLUMN = 2;

interface ListOptions {
  state?: EventState;
  task?: string;
  limit: number;
  cursor?: string;
}

function shownOf(event: EventDetail, colors: Colors): string[] {
  const roads = roadsOf(event).map((road) => ["road", road] as const);
  return [
    ...fields(
      [
        ["id", event.id],
        ["at", event.at],
        ["type", event.type],
        ["about", `${event.taskId} (version ${event.version})`],
        ["state", event.state],
        ...roads,
      ],
      colors,
    ),
    "",
    ...bodyLines(event.body),
  ];
}

export function eventsCommand(root: Command, { add, does }: Registry): void {
  const events = add(root, "events", "what goes out to the app's own backend");
  const list = add(events, "list", "newest first", { isDefault: true })
    .option("--state <state>", STATES.join(", "), oneOf("--state", STATES))
    .option("--task <id>", "those about a task or a row of content")
    .option("--limit <number>", "how many, up to 100", whole("--limit", 1, 100), PAGE)
    .option("--cursor <cursor>", "goes on after an earlier page");
  does<ListOptions>(list, async (context, query) => {
    const { output } = context;
    const page = await context.admin().events(query);
    output.result(page, () => {
      if (page.events.length === 0) return ["No events."];
      const { colors } = output;
      return table(EVENT_HEAD, page.events.map(eventRow), colors, (cell, column) =>
        column === STATE_COLUMN ? judged(cell, colors) : cell,
      );
    });
    if (!output.isJson && page.nextCursor !== null) output.note(`More: --cursor ${page.nextCursor}`);
  });
  const get = add(events, "get <id>", "one, as it is sent");
  does(get, async (context, _, id = "") => {
    const event = await context.admin().event(id);
    context.output.result({ event }, () => shownOf(event, context.output.colors));
  });
  const resend = add(events, "resend <id>", "sends it again under the same id").option("--yes", "does not ask");
  does<{ yes?: boolean }>(resend, async (context, { yes = false }, id = "") => {
    const admin = context.admin();
    await context.confirm(`Send event ${id} of ${context.base} again?`, yes);
    const event = await admin.resend(id);
    context.output.result({ event }, () => [
      `${event.id} is sent again: ${judged(event.state, context.output.colors)}`,
    ]);
  });
}
