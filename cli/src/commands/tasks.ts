/** `tasks`: anybody's task, what has happened to it, and what happens. */

import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import type { Task } from "../../../client/src/wire.ts";
import type { TimelineEntry } from "../admin_types.ts";
import { EXIT } from "../errors.ts";
import { insist } from "../follow.ts";
import { fields, judged } from "../format.ts";
import { pause } from "../io.ts";
import { number } from "../options.ts";
import { type Colors, plain } from "../output.ts";
import type { Registry } from "../program.ts";
import { lasting, shown } from "../times.ts";

const EVERY_S = 2;

/** What is said of a task that has ended goes on for a moment: its row, its events. */
const AFTERMATH_MS = 1000;

function entryLine({ at, what, detail, verdict, state, ms }: TimelineEntry, colors: Colors): string {
  const word = verdict ?? state;
  return [
    colors.dim(shown(at)),
    plain(what.padEnd(9)),
    word ? judged(word, colors) : "",
    plain(detail),
    ms === undefined ? "" : colors.dim(lasting(ms)),
  ]
    .filter(Boolean)
    .join("  ");
}

function taskLines(task: Task, colors: Colors): string[] {
  const images =
    task.images.length > 0
      ? `${task.images.filter(({ status }) => status === "success").length} of ${task.images.length}`
      : null;
  return fields(
    [
      ["task", task.taskId],
      ["kind", task.kind],
      ["provider", task.provider],
      ["status", `${task.status} (version ${task.version})`],
      ["error", task.error && `${task.error.code}: ${task.error.message}`],
      ["user", task.userId],
      ["prompt", task.prompt],
      ["model", task.model ?? task.requestedModel],
      ["images", images],
      ["cost", task.cost],
      ["created", task.createdAt],
      ["updated", task.updatedAt],
    ],
    colors,
  );
}

export function tasksCommand(root: Command, { add, does }: Registry): void {
  const tasks = add(root, "tasks", "anybody's task, by the provider's id or ours");
  const get = add(tasks, "get <id>", "the task, and what has happened to it");
  does(get, async (context, _, id = "") => {
    const { output } = context;
    const history = await context.admin().task(id);
    output.result(history, () => [
      ...taskLines(history.task, output.colors),
      "",
      ...history.timeline.map((entry) => entryLine(entry, output.colors)),
    ]);
  });

  const watch = add(tasks, "watch <id>", "what happens to it until it has ended: exits with 1 if it has failed").option(
    "--interval <seconds>",
    "the pause between two looks",
    number("--interval", 0.1, 60),
    EVERY_S,
  );
  does<{ interval: number }>(
    watch,
    async (context, { interval }, id = "") => {
      const { output, io } = context;
      const admin = context.admin();
      const signal = io.stopped();
      const say = (text: string) => output.warn(text);
      const told = new Set<string>();
      let version = -1;
      const look = async () => {
        const history = await insist(() => admin.task(id, { signal }), { signal, say });
        if (!history) return undefined;
        for (const entry of history.timeline) {
          const key = JSON.stringify(entry);
          if (!told.has(key)) output.line({ entry }, () => entryLine(entry, output.colors));
          told.add(key);
        }
        const { task } = history;
        if (task.version !== version && output.isJson) output.line({ task }, () => "");
        version = task.version;
        return task;
      };
      for (;;) {
        const task = await look();
        if (!task) return EXIT.ok;
        if (task.status !== "pending") {
          await delay(AFTERMATH_MS);
          await look();
          if (!output.isJson) output.line(null, () => judged(task.status, output.colors));
          return task.status === "completed" ? EXIT.ok : EXIT.error;
        }
        await pause(interval * 1000, signal);
      }
    },
    { streams: true },
  );

  const reconcile = add(tasks, "reconcile <id>", "asks the provider now how it is");
  does(reconcile, async (context, _, id = "") => {
    const task = await context.admin().reconcile(id);
    context.output.result({ task }, () => taskLines(task, context.output.colors));
  });
}
