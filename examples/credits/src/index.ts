/** Takes credits for what has completed, exactly once. */

import { EventError, type TaskwireEvent, verifyEvent } from "../../../server/src/verify_event.ts";
import { charge, creditsOf, type Database } from "./credits.ts";

export interface Env {
  CREDITS: Database;
  /** The same as taskwire's. */
  EVENTS_SECRET: string;
}

/** A credit for each picture that was made, or one where the result is something else. */
export function priceOf({ images }: { images: { status: string }[] }): number {
  return images.length === 0 ? 1 : images.filter(({ status }) => status === "success").length;
}

async function act(env: Env, { id, type, data }: TaskwireEvent): Promise<void> {
  if (type !== "task.completed") return;
  // A thin event only names its task: it is very large, or was erased before this came. An app that keeps whose task is
  // whose when it starts one can take its credits too.
  if ("thin" in data) return;
  const { taskId, userId } = data;
  if (taskId !== null) await charge(env.CREDITS, { eventId: id, userId, taskId, amount: priceOf(data) });
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, user] = /^\/users\/([^/]+)$/.exec(pathname) ?? [];
    if (request.method === "GET" && user !== undefined) {
      const name = decodeURIComponent(user);
      return Response.json({ user: name, credits: await creditsOf(env.CREDITS, name) });
    }
    try {
      const event = await verifyEvent(await request.text(), request.headers, { secret: env.EVENTS_SECRET });
      // What throws here is a 500, and the event comes again.
      await act(env, event);
      return new Response(null, { status: 204 });
    } catch (error) {
      if (error instanceof EventError) return new Response(error.message, { status: 401 });
      throw error;
    }
  },
};
