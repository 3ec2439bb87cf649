/**
 * The lower bound: the same JavaScript, which only verifies and broadcasts. No D1, and nothing is stored.
 *
 * It is of no practical use: a result that arrives while nobody is connected is lost.
 */

import { json, notFound, readJson, serving } from "./answers.ts";
import { userOf, watcherOf } from "./identity.ts";
import { Sockets } from "./rooms.ts";
import type { Env } from "./settings.ts";
import { order, started, taskOf } from "./start.ts";
import { eventOf } from "./webhook.ts";

export class TaskRoom extends Sockets<Env> {
  fetch(): Response {
    const { server, upgraded } = this.accept();
    server.send(JSON.stringify({ type: "task", task: { taskId: this.ctx.id.name, status: "pending" } }));
    return upgraded();
  }
}

async function generate(request: Request, env: Env): Promise<Response> {
  const user = await userOf(request, env);
  const task = taskOf(user, await readJson(request));
  const taskId = await order(task, env);
  return json(201, await started(user, taskId, { taskId, status: "pending" }, env));
}

async function webhook(request: Request, env: Env, execution: Execution): Promise<Response> {
  const event = await eventOf(request, env);
  if (event) {
    const frame = JSON.stringify({ type: "task", task: event });
    execution.waitUntil(env.TASKS.getByName(event.taskId).broadcast(frame));
  }
  return json(200, { received: true });
}

async function answer(request: Request, env: Env, execution: Execution): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/healthz") return json(200, { ok: true });
  if (pathname === "/generate") return generate(request, env);
  if (pathname === "/webhooks/mynth") return webhook(request, env, execution);
  const [, taskId] = /^\/tasks\/(\w{1,128})\/live$/.exec(pathname) ?? [];
  if (taskId === undefined) throw notFound();
  await watcherOf(request, `task:${taskId}`, env);
  return env.TASKS.getByName(taskId).fetch(request);
}

export default serving(answer);
