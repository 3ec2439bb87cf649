/**
 * Every envelope the provider sends: replies, errors, and its webhook in both forms.
 *
 * Pure: a channel in, a JSON value out. What the model made is in the content's file.
 */

import type { Json } from "../json.ts";
import type { Issue } from "../rules.ts";
import type { Channel, Form, Outcome } from "./channels.ts";
import { dataOf } from "./content.ts";

const PROJECT = "prj_emulator";
const PROVIDER = "openai";
const MODEL = "gpt-4o";
const FAILURE = "Every provider of the workflow failed.";
const FOREIGN = "https://callback.example";

export function startReply({ id, token }: Channel, base: string): Json {
  return {
    message: "success",
    status: "pending",
    channel_id: id,
    ws_token: token,
    websocket_url: `${base.replace(/^http/, "ws")}/socket`,
    websocket_channel: `ai_response:${PROJECT}:${id}`,
  };
}

export function errorReply(code: string, message: string, issues: readonly Issue[] = []): Json {
  return { error: code, message, ...(issues.length > 0 ? { issues } : {}) };
}

/** Where the channel's callback is taken. */
export function callbackUrl({ callbackId, keywords }: Channel, base: string): string {
  return `${keywords.has("callback-elsewhere") ? FOREIGN : base}/v1/callback/${callbackId}`;
}

/** A workflow that has no event name has the standard webhook: the event is named by its workflow. */
export function eventName({ request }: Channel): string {
  return request.workflow
    .replace(/:.*$/s, "")
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .toLowerCase();
}

function tail(channel: Channel): Json {
  return {
    customer_data: channel.request.metadata ?? {},
    timestamp: new Date(channel.endedAt ?? channel.createdAt).toISOString(),
  };
}

/** Whether a webhook asks for a callback. */
export function asksForCallback(channel: Channel, form: Form, outcome: Outcome): boolean {
  return form === "event" && outcome === "completed" && !channel.keywords.has("no-callback");
}

function eventBody(channel: Channel, base: string): Json {
  const { id, keywords } = channel;
  const meta = { model: MODEL, provider: PROVIDER };
  const asks = asksForCallback(channel, "event", "completed");
  const callback = { callback_url: callbackUrl(channel, base) };
  const isInBody = asks && !keywords.has("header-callback") && !keywords.has("data-callback");
  const event = {
    type: "task.ai_generated",
    event: eventName(channel),
    ai_response: { data: dataOf(channel), meta },
    ...(isInBody ? callback : {}),
    callback_required: asks,
  };
  const rest = { meta, ...tail(channel) };
  if (keywords.has("nested")) {
    return { channel_id: id, data: { ...event, ...(keywords.has("data-callback") ? callback : {}) }, ...rest };
  }
  return { ...event, channel_id: id, ...(keywords.has("data-callback") ? { data: callback } : {}), ...rest };
}

function standardBody(channel: Channel, outcome: Outcome): Json {
  const duration_ms = Math.round(channel.durationMs);
  const isGood = outcome === "completed";
  return {
    type: "task.completed",
    workflow: channel.request.workflow,
    status: isGood ? "success" : "error",
    channel_id: channel.id,
    ...(isGood ? { data: dataOf(channel) } : { error: { message: FAILURE } }),
    meta: {
      provider: PROVIDER,
      model: MODEL,
      tokens: { prompt: 24, completion: 96, total: 120 },
      duration_ms,
      attempts: [{ provider: PROVIDER, model: MODEL, duration_ms, success: isGood }],
    },
    ...tail(channel),
  };
}

/** A webhook's body for that outcome, whatever the channel's own status. A failure has one form only. */
export function webhookBody(channel: Channel, form: Form, outcome: Outcome, base: string): Json {
  return form === "event" && outcome === "completed" ? eventBody(channel, base) : standardBody(channel, outcome);
}

/** A body as it is sent, and its `data`, if it has one, in the very same bytes. */
export interface Written {
  body: string;
  data: string | undefined;
}

export function write(body: Json, indent: number): Written {
  const data = JSON.stringify(body.data, null, indent) as string | undefined;
  // One level down, its lines begin further in. A line break inside of a string is written as \n.
  return { body: JSON.stringify(body, null, indent), data: data?.replaceAll("\n", `\n${" ".repeat(indent)}`) };
}
