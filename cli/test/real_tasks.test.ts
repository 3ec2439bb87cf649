/** The program against tasks and events of the built Worker, as operators see them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyEvent } from "../../server/src/verify_event.ts";
import { Operator } from "./support/operator.ts";

const operator = Operator.forTests();

test("anybody's task is shown with its timeline, watched to its end, and asked after", async () => {
  const { taskId } = await operator.ada.start();
  const watching = operator.machine.start(["tasks", "watch", taskId, "--interval", "0.1", "--json"]);
  await watching.until(() => watching.lines.some(({ task }) => task?.status === "pending"));
  await operator.app.emulator.deliver(taskId);
  assert.equal((await watching.ended).code, 0);
  const entries = watching.lines.filter(({ entry }) => entry).map(({ entry }) => entry.what);
  assert.ok(entries.includes("created") && entries.includes("delivery"), `${entries}`);
  const { task, timeline } = await operator.json("tasks", "get", taskId);
  assert.equal(task.userId, "ada");
  assert.ok(timeline.some(({ what, verdict }: any) => what === "delivery" && verdict === "applied"));
  assert.equal((await operator.json("tasks", "reconcile", taskId)).task.status, "completed");
  const none = await operator.machine.run(["tasks", "get", "tsk_none"]);
  assert.equal(none.code, 1);
});

test("events are listed, shown as they were sent, sent again, and followed", async () => {
  const receiver = await operator.receiver();
  const running = await operator.listen("--events", "--forward-to", receiver.url);
  const [task = ""] = await operator.ended(1);
  await running.until(() => running.lines.length === 1);
  await running.stop();
  const secret = await operator.localSecret();
  const [got] = receiver.received;
  const event = await verifyEvent(got?.body ?? "", (got?.headers ?? {}) as Record<string, string>, { secret });
  assert.equal(event.type, "task.completed");
  const { events } = await operator.json("events", "--task", task);
  assert.deepEqual(
    events.map(({ id }: any) => id),
    [event.id],
  );
  assert.equal((await operator.json("events", "get", event.id)).event.body, got?.body);
  assert.equal((await operator.json("events", "resend", event.id)).event.id, event.id);
});
