/** What a check comes to. */

export interface Check {
  name: string;
  state: "ok" | "warn" | "fail";
  said: string;
  /** What to do about it. */
  remedy?: string;
}

export const ok = (name: string, said: string): Check => ({ name, state: "ok", said });
export const warn = (name: string, said: string, remedy: string): Check => ({ name, state: "warn", said, remedy });
export const fail = (name: string, said: string, remedy: string): Check => ({ name, state: "fail", said, remedy });

const ANSWER_WITHIN_MS = 15_000;

export interface Got {
  status: number;
  headers: Headers;
  /** Undefined where it is no JSON. */
  body: unknown;
  /** When it was asked, and how long that took. */
  askedAt: number;
  ms: number;
}

/** One GET. Rejects where there is no answer. */
export async function get(url: string, headers: Record<string, string> = {}): Promise<Got> {
  const askedAt = Date.now();
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  const ms = Date.now() - askedAt;
  const body: unknown = await response.json().catch(() => undefined);
  return { status: response.status, headers: response.headers, body, askedAt, ms };
}

export interface Refused {
  code: string;
  message: string;
  issues: { path: string; message: string }[];
}

/** The error in an answer of the Worker's. */
export function refusalIn({ status, body }: Got): Refused {
  const { code, message, issues } = ((body as { error?: Partial<Refused> } | null | undefined)?.error ??
    {}) as Partial<Refused>;
  return { code: code ?? `http_${status}`, message: message ?? `It has answered ${status}.`, issues: issues ?? [] };
}
