/** An operator with a server's key, and rows of the log made by hand. */

import assert from "node:assert/strict";
import { type Answer, call } from "./api.ts";
import type { App, Row } from "./app.ts";

export const ADMIN_KEY = "twk_admin_0123456789abcdef0123456789ab";
export const BACKEND_KEY = "twk_backend_0123456789abcdef0123456789";

export const OPERATOR_VARS = {
  TASKWIRE_SERVER_KEYS: JSON.stringify([
    { name: "ops", key: ADMIN_KEY, scopes: ["admin"] },
    { name: "backend", key: BACKEND_KEY, scopes: ["start", "read"] },
  ]),
};

/** One request of the operator. */
export function operate(app: App, path: string, body?: unknown, token = ADMIN_KEY): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  if (body === undefined) return call(app.base + path, { headers });
  return call(app.base + path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** What the operator gets, which must be there. */
export async function get(app: App, path: string): Promise<any> {
  const answer = await operate(app, path);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

export async function post(app: App, path: string, body: unknown = {}): Promise<any> {
  const answer = await operate(app, path, body);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

const USUAL = {
  at: "2026-11-20T10:00:00.000Z",
  provider: "mynth",
  event: "task.image.generate.completed",
  provider_delivery: "evt_1",
  task_id: "tsk_1",
  verdict: "applied",
  status: 200,
  ms: 3,
  bytes: 2,
  reason: null,
  settled: null,
  arrival: "",
  body: "{}",
};

/** Adds a row to the log, and returns its id. */
export async function logged(app: App, row: Row = {}): Promise<string> {
  const all: Row = { ...USUAL, ...row };
  const names = Object.keys(all);
  const places = names.map(() => "?").join(", ");
  const sql = `INSERT INTO deliveries (${names.join(", ")}) VALUES (${places}) RETURNING id`;
  const [{ id }] = (await app.sql(sql, ...Object.values(all))) as [Row];
  return String(id);
}

/** Every row of every table, as text: nothing has changed if it is the same. */
export async function everything(app: App): Promise<string> {
  const tables = ["tasks", "images", "channels", "ai_content", "deliveries", "delivery_counts", "events"];
  const rows = tables.map(async (table) => [table, await app.sql(`SELECT * FROM ${table} ORDER BY 1`)]);
  return JSON.stringify(await Promise.all(rows));
}
