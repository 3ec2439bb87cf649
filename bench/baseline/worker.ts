/**
 * The Worker that this project is compared with: the same job, as a careful TypeScript developer would do it.
 *
 * All state is in D1. The objects only hold sockets, and are notified after D1 has been written.
 */

import { json, notFound, Refusal, readJson, serving } from "./answers.ts";
import { ticketFor, userOf, watcherOf } from "./identity.ts";
import type { Env } from "./settings.ts";
import { order, started, taskOf } from "./start.ts";
import { attach, fail, frameOf, insert, read, remove, take, type View, viewOf } from "./tasks.ts";
import { eventOf } from "./webhook.ts";

export { FeedRoom, TaskRoom } from "./rooms.ts";

/** Notifies watchers. D1 has the change already, so a lost frame only costs a reload. */
function show(task: View, env: Env, execution: Execution): void {
  const frame = frameOf(task);
  const told = [env.TASKS.getByName(task.taskId).broadcast(frame), env.FEEDS.getByName(task.userId).broadcast(frame)];
  execution.waitUntil(Promise.allSettled(told));
}

async function generate(request: Request, env: Env, execution: Execution): Promise<Response> {
  const user = await userOf(request, env);
  const task = taskOf(user, await readJson(request));
  const row = await insert(env.DB, task);
  let taskId: string;
  try {
    taskId = await order(task, env);
  } catch (error) {
    const isClear = error instanceof Refusal;
    await (isClear ? remove(env.DB, task.id) : fail(env.DB, task.id));
    throw isClear ? error : new Refusal(503, "provider_unavailable", "The provider did not answer.");
  }
  await attach(env.DB, task.id, taskId);
  const view = viewOf({ ...row, mynth_task_id: taskId, version: 1 });
  // Nobody can watch this task before its start is answered, but its user may watch all tasks.
  execution.waitUntil(env.FEEDS.getByName(user).broadcast(frameOf(view)));
  return json(201, await started(user, taskId, view, env));
}

async function webhook(request: Request, env: Env, execution: Execution): Promise<Response> {
  const event = await eventOf(request, env);
  if (event) {
    const taken = await take(env.DB, event);
    // The event may arrive before the answer to the start. The provider sends it again.
    if (!taken) throw new Refusal(503, "unavailable", "This task is not known here yet.");
    if (taken.isNew) show(taken.task, env, execution);
  }
  return json(200, { received: true });
}

async function readTask(request: Request, taskId: string, env: Env): Promise<Response> {
  const user = await userOf(request, env);
  const task = await read(env.DB, taskId);
  if (task?.userId !== user) throw notFound();
  return json(200, { task });
}

/** A ticket names the task it is for. With a token, the user has to own the task. */
async function watchTask(request: Request, taskId: string, env: Env): Promise<Response> {
  const user = await watcherOf(request, `task:${taskId}`, env);
  if (request.headers.has("authorization") && (await read(env.DB, taskId))?.userId !== user) throw notFound();
  return env.TASKS.getByName(taskId).fetch(request);
}

async function watchTasks(request: Request, env: Env): Promise<Response> {
  const user = await watcherOf(request, "tasks", env);
  return env.FEEDS.getByName(user).fetch(request);
}

async function feedTicket(request: Request, env: Env): Promise<Response> {
  return json(200, await ticketFor(await userOf(request, env), "tasks", env));
}

function answer(request: Request, env: Env, execution: Execution): Promise<Response> | Response {
  const { pathname } = new URL(request.url);
  const isLive = request.headers.get("upgrade")?.toLowerCase() === "websocket";
  switch (`${request.method} ${pathname}`) {
    case "GET /healthz":
      return json(200, { ok: true });
    case "POST /generate":
      return generate(request, env, execution);
    case "POST /webhooks/mynth":
      return webhook(request, env, execution);
    case "POST /tasks/ticket":
      return feedTicket(request, env);
    case "GET /tasks/live":
      if (!isLive) throw new Refusal(426, "upgrade_required", "This is a WebSocket.");
      return watchTasks(request, env);
  }
  const [, taskId = "", live] = /^\/tasks\/(\w{1,128})(\/live)?$/.exec(pathname) ?? [];
  if (taskId === "" || request.method !== "GET") throw notFound();
  if (!live) return readTask(request, taskId, env);
  if (!isLive) throw new Refusal(426, "upgrade_required", "This is a WebSocket.");
  return watchTask(request, taskId, env);
}

export default serving(answer);
