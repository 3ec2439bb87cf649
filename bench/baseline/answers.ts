/** Answers: JSON, and refusals in one shape. */

import type { Env } from "./settings.ts";

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const HEADERS = { "content-type": "application/json", "cache-control": "private, no-store" };

export function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: HEADERS });
}

export const notFound = () => new Refusal(404, "not_found", "There is no such thing.");

/** Any other error is logged, and its text is not sent. */
function refused(error: unknown): Response {
  if (error instanceof Refusal) {
    return json(error.status, { error: { code: error.code, message: error.message } });
  }
  console.error(error);
  return json(500, { error: { code: "internal", message: "Something went wrong here." } });
}

type Answer = (request: Request, env: Env, execution: Execution) => Promise<Response> | Response;

/** A Worker with this handler, which may throw refusals. */
export function serving(answer: Answer) {
  return {
    async fetch(...args: Parameters<Answer>): Promise<Response> {
      try {
        return await answer(...args);
      } catch (error) {
        return refused(error);
      }
    },
  };
}

export async function readJson(request: Request): Promise<Record<string, unknown>> {
  const body: unknown = await request.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Refusal(400, "invalid_json", "The body must be a JSON object.");
  }
  return body as Record<string, unknown>;
}
