/** Ratios only mean something if both do the same job: answers and frames must have the same fields. */

import assert from "node:assert/strict";
import { Api } from "../../tests/worker/support/api.ts";
import { watch } from "../../tests/worker/support/watcher.ts";
import type { Site } from "./site.ts";

/** The field names and types of a value, recursively. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, shapeOf(field)]),
  );
}

/** What a Worker answers and shows of one task, from its start to its end. */
export async function shownBy(site: Site): Promise<Record<string, unknown>> {
  const api = new Api(site.base, await site.emulator.token({ sub: "agreement" }));
  const started = await api.generate({ count: 2 });
  assert.equal(started.status, 201, started.text);
  const { access: _, ...answer } = started.body;
  const watcher = await watch(site.base, answer.live);
  const pending = await watcher.task("pending");
  const read = await api.call(`/tasks/${answer.taskId}`);
  const task = { taskId: answer.taskId, authorization: "", plug: { path: "", ticket: "", taskId: answer.taskId } };
  const [letter] = site.letters([task]);
  const { method = "POST", headers, body = "" } = letter?.call ?? {};
  const send = () => api.call("/webhooks/mynth", { method, headers: { ...headers }, body });
  const first = await send();
  const completed = await watcher.task("completed");
  const again = await send();
  const stranger = await new Api(site.base, await site.emulator.token({ sub: "a stranger" })).call(
    `/tasks/${answer.taskId}`,
  );
  watcher.terminate();
  const health = await api.call("/healthz");
  const statuses = [read, first, again, stranger, health].map(({ status }) => status);
  return {
    statuses,
    ...(shapeOf({ answer, pending, read: read.body, received: first.body, again: again.body, completed }) as object),
  };
}
