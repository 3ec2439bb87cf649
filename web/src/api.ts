// The HTTP API, typed: every call answers with its JSON or throws an ApiError. Knows no React and no sockets;
// where the token comes from is the caller's.
import type { GenerateAnswer, GenerateInput, Issue, TaskPage, Ticket } from "./types.ts";

/** Longer than the slowest start of a task at the provider, shorter than a person's patience. */
const TIMEOUT_MS = 45_000;

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly issues: Issue[];

  constructor(status: number, code: string, message: string, issues: Issue[] = []) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.issues = issues;
  }

  /** The request may have reached the server; its answer did not reach us. */
  get isAnswerLost(): boolean {
    return this.status === 0;
  }
}

export interface Api {
  /** The same key and input give the same task, so a start whose answer was lost can be sent again. */
  generate(input: GenerateInput, idempotencyKey: string): Promise<GenerateAnswer>;
  listTasks(cursor: string | null, signal: AbortSignal): Promise<TaskPage>;
  renewTicket(taskId: string, signal: AbortSignal): Promise<Ticket>;
}

export interface ApiOptions {
  accessToken: () => Promise<string | null>;
  onUnauthorized: () => void;
}

export function createApi({ accessToken, onUnauthorized }: ApiOptions): Api {
  async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
    const token = await accessToken();
    if (token === null) {
      onUnauthorized();
      throw new ApiError(401, "unauthorized", "You are signed out.");
    }
    const headers = new Headers(init.headers);
    headers.set("Authorization", `Bearer ${token}`);
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;

    let response: Response;
    let body: unknown;
    try {
      response = await fetch(path, { ...init, headers, signal });
      body = await response.json().catch((cause: unknown) => {
        if (cause instanceof SyntaxError) return null;
        throw cause;
      });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ApiError(0, "network_error", "The server could not be reached. Check your connection and try again.");
    }
    if (!response.ok) {
      if (response.status === 401) onUnauthorized();
      throw readError(response.status, body);
    }
    if (body === null) throw new ApiError(502, "bad_answer", "The server gave an answer this page cannot read.");
    return body as T;
  }

  return {
    generate: (input, idempotencyKey) =>
      call("/generate", {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey },
        body: JSON.stringify(input),
      }),
    listTasks: (cursor, signal) => {
      const query = new URLSearchParams({ limit: "20" });
      if (cursor !== null) query.set("cursor", cursor);
      return call(`/tasks?${query}`, { signal });
    },
    renewTicket: (taskId, signal) =>
      call(`/tasks/${encodeURIComponent(taskId)}/ticket`, { method: "POST", signal }),
  };
}

function readError(status: number, body: unknown): ApiError {
  const error = (body as { error?: Partial<ApiError> } | null)?.error;
  if (typeof error?.code === "string" && typeof error.message === "string") {
    return new ApiError(status, error.code, error.message, Array.isArray(error.issues) ? error.issues : []);
  }
  return new ApiError(status, `http_${status}`, `The server answered with an error (${status}). Try again in a moment.`);
}
