/**
 * What tests of ModelRiver need besides the emulator: its two signatures made by hand, webhooks of
 * any shape, and what became of a channel.
 */

import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import type { CallbackRecord, Channel } from "../../../emulator/modelriver/control.ts";
import { type Answer, type Api, call } from "./api.ts";
import type { App, Row } from "./app.ts";
import { variables } from "./deployment.ts";
import { eventually } from "./eventually.ts";
import { nowSeconds } from "./signatures.ts";

type Headers = Record<string, string>;

const SECRET = variables("http://127.0.0.1").MODELRIVER_WEBHOOK_SECRET ?? "";
/** A callback goes out at once, or after pauses of 1 s and 2 s. */
const CALLED_MS = 10_000;

export interface RiverSigning {
  secret?: string;
  /** Unix seconds. */
  time?: number;
}

const hex = (secret: string, text: string) =>
  createHmac("sha256", Buffer.from(secret, "utf8")).update(text).digest("hex");

/** The body's `data` as compact JSON; the whole body if it has none. */
function dataOf(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body).data) ?? body;
  } catch {
    return body;
  }
}

/** Scheme A signs the body. */
export function bodyHeaders(body: string, { secret = SECRET, time = nowSeconds() }: RiverSigning = {}): Headers {
  return { "mr-signature": hex(secret, body), "mr-timestamp": String(time) };
}

/** Scheme B signs a time and the data. */
export function dataHeaders(body: string, { secret = SECRET, time = nowSeconds() }: RiverSigning = {}): Headers {
  return { "x-modelriver-signature": hex(secret, `${time}.${dataOf(body)}`), "x-modelriver-timestamp": String(time) };
}

export const RIVER_SCHEMES = { a: bodyHeaders, b: dataHeaders };

export function sendRiver(base: string, body: string, headers: Headers): Promise<Answer> {
  const init = { method: "POST", body, headers: { "content-type": "application/json", ...headers } };
  return call(`${base}/webhooks/modelriver`, init);
}

/** Sends it signed. It must be accepted. */
export async function tell(base: string, body: object, headers: Headers = {}): Promise<void> {
  const text = JSON.stringify(body);
  const answer = await sendRiver(base, text, { ...bodyHeaders(text), ...headers });
  assert.deepEqual([answer.status, answer.body], [200, { received: true }], answer.text);
}

export const inventedChannelId = () => randomUUID();

/** The plainest event, which asks for no callback. */
export function eventOf(channelId: string, data: unknown = { title: "Inception" }, more: object = {}): object {
  return {
    type: "task.ai_generated",
    event: "new_movie_suggestion",
    channel_id: channelId,
    ai_response: { data },
    ...more,
  };
}

/** A request that somebody else has made at the provider: the Worker does not know it before its webhook. */
export function begin(app: App, content = "a film", metadata: Record<string, unknown> = {}): Channel {
  const messages = [{ role: "user", content }];
  return app.emulator.modelriver.start({ workflow: "new_movie_suggestion", messages, metadata });
}

/** What `POST /ai` takes. */
export function aiRequest(content = "a film", more: object = {}): object {
  return { workflow: "new_movie_suggestion", messages: [{ role: "user", content }], ...more };
}

/** A request of this user's, which must start. */
export async function ask(user: Api, content?: string, more?: object): Promise<any> {
  const answer = await user.post("/ai", aiRequest(content, more));
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

/** The rows of a channel in D1, in the order they came. */
export function contentRows(app: App, channelId: string): Promise<Row[]> {
  return app.sql("SELECT * FROM ai_content WHERE channel_id = ? ORDER BY seq", channelId);
}

/** Its one row. */
export async function contentRow(app: App, channelId: string): Promise<Row> {
  const [row, ...more] = await contentRows(app, channelId);
  assert.ok(row, `no row of ${channelId}`);
  assert.deepEqual(more, []);
  return row;
}

/** Its one row, once its callback is in this state. */
export function calledBack(app: App, channelId: string, callback: string, deadlineMs = CALLED_MS): Promise<Row> {
  return eventually(
    async () => {
      const row = await contentRow(app, channelId);
      return row.callback === callback ? row : undefined;
    },
    deadlineMs,
    `the callback of ${channelId} is ${callback}`,
  );
}

/** The callbacks that reached the provider for a channel. */
export function callbacksOf(app: App, channelId: string): CallbackRecord[] {
  return app.emulator.modelriver.callbacks.filter((record) => record.channelId === channelId);
}

/** The start calls that reached the provider. */
export function aiStarts(app: App): { body: any }[] {
  return app.emulator.requests.filter(({ method, path }) => method === "POST" && path === "/v1/ai/async");
}
