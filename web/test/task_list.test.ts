// Which of two copies of a task the page believes, and which list a task is in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, listTasks, reduceTasks } from "../src/task_list.ts";
import { taskAt } from "./room_server.ts";

const ids = (tasks: { taskId: string }[]) => tasks.map((task) => task.taskId);

test("an answer that comes late does not undo a newer frame", () => {
  const framed = reduceTasks(EMPTY, { type: "changed", task: taskAt(3, { status: "completed" }) });
  const listed = reduceTasks(framed, { type: "loaded", tasks: [taskAt(1)] });
  assert.equal(listed.byId.get("tsk_1")?.status, "completed");
});

test("a newer frame replaces what was listed", () => {
  const listed = reduceTasks(EMPTY, { type: "loaded", tasks: [taskAt(1)] });
  const framed = reduceTasks(listed, { type: "changed", task: taskAt(2, { status: "failed" }) });
  assert.equal(framed.byId.get("tsk_1")?.status, "failed");
});

test("a task found pending stays among the current ones when it is done", () => {
  const earlier = taskAt(2, { taskId: "tsk_0", status: "completed" });
  const listed = reduceTasks(EMPTY, { type: "loaded", tasks: [taskAt(1), earlier] });
  const done = reduceTasks(listed, { type: "changed", task: taskAt(2, { status: "completed" }) });
  assert.deepEqual(ids(listTasks(done).current), ["tsk_1"]);
  assert.deepEqual(ids(listTasks(done).earlier), ["tsk_0"]);
});

test("tasks are listed newest first", () => {
  const older = taskAt(2, { taskId: "tsk_old", status: "completed", createdAt: "2026-11-19T10:00:00.000Z" });
  const newer = taskAt(2, { taskId: "tsk_new", status: "completed" });
  const listed = reduceTasks(EMPTY, { type: "loaded", tasks: [older, newer] });
  assert.deepEqual(ids(listTasks(listed).earlier), ["tsk_new", "tsk_old"]);
});

test("a draft gives its place to the task that was started, or goes when it was refused", () => {
  const draft = { key: "k", input: { prompt: "a fox", model: "m", count: 1 }, createdAt: "2026-11-20T10:00:00.000Z" };
  const drafted = reduceTasks(EMPTY, { type: "drafted", draft });
  const started = reduceTasks(drafted, { type: "started", key: "k", task: taskAt(1) });
  assert.equal(started.drafts.length, 0);
  assert.deepEqual(ids(listTasks(started).current), ["tsk_1"]);
  assert.equal(reduceTasks(drafted, { type: "refused", key: "k" }).drafts.length, 0);
});
