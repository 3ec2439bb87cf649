// The HTTP API: every call answers with its JSON or throws a TaskwireError. Knows no sockets and keeps nothing.
import { backoff, pause } from "./backoff.ts";
import { readError, TaskwireError } from "./error.ts";

/** Longer than the slowest start of a task at the provider, shorter than a person's patience. */
const TIMEOUT_MS = 45_000;

/** A start whose answer is lost is sent again this often, under the same key. */
const RETRIES = 3;

export interface GetTokenOptions {
  /** The server did not take the last token: one from a cache will not do. */
  forceRefresh: boolean;
}

export type GetToken = (options: GetTokenOptions) => string | null | undefined | Promise<string | null | undefined>;

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Sent as JSON, which makes it a POST. */
  body?: object;
  headers?: Record<string, string>;
  /** Instead of the token. */
  ticket?: string | undefined;
  /** Keeps the answer's ETag: what has not changed since is not sent again. */
  tagged?: Tagged;
}

export interface Tagged {
  tag?: string | null;
}

export interface Http {
  /** Resolves with null for a 304. */
  call<T>(path: string, options?: CallOptions): Promise<T>;
  /** A call that must happen once, however often it has to be sent. */
  start<T>(path: string, body: object, options?: StartOptions): Promise<T>;
}

export interface StartOptions {
  signal?: AbortSignal | undefined;
  /** The same key and request give the same task. Without one, each call has its own. */
  idempotencyKey?: string | undefined;
}

/** Keys are a user's own: no two of them may meet, and nobody has to be kept from guessing one. */
export function newKey(): string {
  return `${Date.now()}-${Math.random()}`;
}

export function createHttp(base: string, getToken: GetToken | undefined, send: typeof fetch | undefined): Http {
  async function call<T>(path: string, options: CallOptions = {}, forceRefresh = false): Promise<T> {
    const { signal, body, headers, ticket, tagged = {} } = options;
    try {
      const token = ticket ?? (await getToken?.({ forceRefresh }));
      if (!token) throw new TaskwireError(401, "unauthorized", "You are signed out.");
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const response = await (send ?? fetch)(base + path + (ticket ? `?ticket=${encodeURIComponent(ticket)}` : ""), {
        method: body ? "POST" : "GET",
        headers: {
          ...headers,
          ...(!ticket && { Authorization: `Bearer ${token}` }),
          ...(body && { "Content-Type": "application/json" }),
          ...(tagged.tag && { "If-None-Match": tagged.tag }),
        },
        body: JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const { status } = response;
      if (status === 401 && !ticket && !forceRefresh) return await call<T>(path, options, true);
      if (status === 304) return null as T;
      if (!response.ok) throw readError(status, await response.json().catch(() => {}));
      const answer = await response.json();
      tagged.tag = response.headers.get("ETag");
      return answer;
    } catch (cause) {
      if (cause instanceof TaskwireError) throw cause;
      const code = signal?.aborted ? "aborted" : "network_error";
      throw new TaskwireError(0, code, "No connection.", [], cause);
    }
  }

  async function start<T>(path: string, body: object, options: StartOptions = {}): Promise<T> {
    const { signal, idempotencyKey = newKey() } = options;
    for (let attempt = 0; ; attempt++) {
      try {
        return await call<T>(path, { signal, body, headers: { "Idempotency-Key": idempotencyKey } });
      } catch (error) {
        if (attempt === RETRIES || !mayHaveStarted(error as TaskwireError)) throw error;
        await pause(backoff(attempt), signal);
      }
    }
  }

  return { call, start };
}

/** It does not say what became of the start: the same request under the same key will. */
export function mayHaveStarted({ code }: TaskwireError): boolean {
  return /^(network_|unavailable|internal_|idempotency_in_|http_)/.test(code);
}
