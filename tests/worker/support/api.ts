/** The HTTP API as a signed-in caller uses it, and what every refusal must look like. */

import assert from "node:assert/strict";

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON. Its shape differs by route, and the tests look into it. */
  body: any;
  text: string;
}

/** One request; redirects are not followed. */
export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(30_000), ...init });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : null, text };
}

export class Api {
  readonly base: string;
  readonly token: string;

  constructor(base: string, token: string) {
    this.base = base;
    this.token = token;
  }

  call(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}`, ...(init.headers as Record<string, string>) };
    return call(this.base + path, { ...init, headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.call(path, { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } });
  }

  generate(fields: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post("/generate", { prompt: "a fox", model: "m/x", ...fields }, headers);
  }

  /** Starts a task, which must succeed. */
  async start(fields: object = {}): Promise<any> {
    const answer = await this.generate(fields);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }

  /** The task as the API shows it. */
  async task(taskId: string): Promise<any> {
    const answer = await this.call(`/tasks/${taskId}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.task;
  }

  async list(query = ""): Promise<any> {
    const answer = await this.call(`/tasks${query}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }
}

/** What must never be in an answer: code, SQL, stack traces, and internal values. */
const LEAKS =
  /\bat \S+ \(|\.rs:\d|\.js:\d|panicked|\bSELECT\b|\bINSERT\b|\bUPDATE\b|no such table|D1_|SQLITE|wasm|whsec_|mak_|mr_live_|worth-nothing/;

/** A refusal, in the one shape that there is. */
export function assertRefused(answer: Answer, status: number, code: string, hint = ""): void {
  const shown = `${hint} ${answer.status} ${answer.text}`;
  assert.equal(answer.status, status, shown);
  assert.equal(answer.headers.get("content-type"), "application/json", shown);
  assert.deepEqual(Object.keys(answer.body), ["error"], shown);
  const { error } = answer.body;
  assert.equal(error.code, code, shown);
  assert.match(error.message, /^\S.*\S$/s, shown);
  const { code: _, message: __, issues = [], resetsAt: ___, ...more } = error;
  assert.deepEqual(more, {}, shown);
  for (const issue of issues) assert.deepEqual(Object.keys(issue).sort(), ["message", "path"], shown);
  assert.doesNotMatch(answer.text, LEAKS);
}
