// Calls to the HTTP API. Each resolves with its JSON or throws a TaskwireError. This file has no state and no sockets.
import { backoff, pause } from "./backoff.ts";
import { readError, SIGNED_OUT, TaskwireError } from "./error.ts";

/** The deadline of a call: longer than the slowest start at a provider. */
const TIMEOUT_MS = 45_000;

/** How often a start is sent again, under the same key, if its answer was lost. */
const RETRIES = 3;

export interface GetTokenOptions {
  /** The server rejected the last token, so a cached one will not do. */
  forceRefresh: boolean;
}

export type GetToken = (options: GetTokenOptions) => string | null | undefined | Promise<string | null | undefined>;

/** Returns the headers that say who asks, or nothing while nobody is signed in. `refused` is what the last ones got. */
export type Authorize = (refused?: TaskwireError) => Promise<Record<string, string> | null>;

export const withToken =
  (getToken: GetToken): Authorize =>
  async (refused) => {
    const token = await getToken({ forceRefresh: !!refused });
    return token ? { Authorization: `Bearer ${token}` } : null;
  };

export interface CallOptions {
  signal?: AbortSignal | undefined;
  method?: "DELETE";
  /** Sent as JSON. A call with a body is a POST. */
  body?: object;
  headers?: Record<string, string>;
  /** Sent instead of the token. */
  ticket?: string | undefined;
  /** Keeps the answer's ETag, so that an unchanged answer is not sent again. */
  tagged?: Tagged;
}

export interface Tagged {
  tag?: string | null;
}

export interface Http {
  /** Resolves with null for a 304 and a 204. */
  call<T>(path: string, options?: CallOptions): Promise<T>;
  /** A call that takes effect once, even if it is sent several times. */
  start<T>(path: string, body: object, options?: StartOptions): Promise<T>;
  /** Deletes a resource. One that is gone already counts as deleted. */
  erase(path: string, options?: Pick<CallOptions, "signal">): Promise<void>;
}

export interface StartOptions {
  signal?: AbortSignal | undefined;
  /** The same key with the same request gives the same task. By default, each call has a new key. */
  idempotencyKey?: string | undefined;
}

/** A key must be unique among the keys of one user. It need not be secret, so Math.random() is enough. */
export function newKey(): string {
  return `${Date.now()}-${Math.random()}`;
}

export function createHttp(base: string, authorize: Authorize | undefined, send: typeof fetch | undefined): Http {
  async function call<T>(path: string, options: CallOptions = {}, refused?: TaskwireError): Promise<T> {
    const { signal, body, headers, ticket, tagged = {}, method = body ? "POST" : "GET" } = options;
    try {
      const who = ticket || !authorize ? {} : await authorize(refused);
      if (!who) throw new TaskwireError(401, "unauthorized", "You are signed out.", [], SIGNED_OUT);
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const response = await (send ?? fetch)(base + path + (ticket ? `?ticket=${encodeURIComponent(ticket)}` : ""), {
        method,
        headers: {
          ...headers,
          ...who,
          ...(body && { "Content-Type": "application/json" }),
          ...(tagged.tag && { "If-None-Match": tagged.tag }),
        },
        body: JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const { status } = response;
      if (status === 304 || status === 204) return null as T;
      if (!response.ok) {
        const error = readError(status, await response.json().catch(() => {}));
        if (status === 401 && authorize && !ticket && !refused) return await call<T>(path, options, error);
        throw error;
      }
      const answer = await response.json();
      tagged.tag = response.headers.get("ETag");
      return answer;
    } catch (cause) {
      if (cause instanceof TaskwireError) throw cause;
      const code = signal?.aborted ? "aborted" : "network_error";
      throw new TaskwireError(0, code, "No connection.", [], cause);
    }
  }

  /** Sends a call again if its answer was lost. */
  async function insist<T>(path: string, options: CallOptions): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await call<T>(path, options);
      } catch (error) {
        if (attempt === RETRIES || !mayHaveStarted(error as TaskwireError)) throw error;
        await pause(backoff(attempt), options.signal);
      }
    }
  }

  return {
    call,
    start: (path, body, { signal, idempotencyKey = newKey() } = {}) =>
      insist(path, { signal, body, headers: { "Idempotency-Key": idempotencyKey } }),
    erase: (path, options) =>
      insist<void>(path, { ...options, method: "DELETE" }).catch((error) => {
        if (error.code !== "not_found") throw error;
      }),
  };
}

/** The error leaves open whether the start took effect. The same request under the same key finds out. */
export function mayHaveStarted({ code }: TaskwireError): boolean {
  return /^(network_|unavailable|internal_|idempotency_in_|http_)/.test(code);
}
