/**
 * The provider's own book: what a request has become. A channel is one request.
 *
 * Pure but for ids: no timers, no HTTP, no field names of any webhook.
 */

import { randomBytes, randomUUID } from "node:crypto";
import { dropOldest, KEPT_REQUESTS } from "../bounded.ts";
import { chanceOf, spread } from "../chance.ts";
import { isObject, type Json } from "../json.ts";
import { readWords } from "../keywords.ts";
import type { CallbackPlan } from "./callback_plan.ts";
import { KEYWORDS, type Keyword } from "./keywords.ts";
import type { Scheme } from "./scheme.ts";

export type Outcome = "completed" | "failed";

/** What its webhook is like: `event` asks for a callback, `standard` does not. */
export type Form = "event" | "standard";

/** A request that has been found good. */
export interface AsyncRequest {
  workflow: string;
  messages: { role: string; content: unknown }[];
  metadata?: Json;
  webhook_url?: string;
  events?: string[];
  user_id?: string;
}

export interface Channel {
  id: string;
  form: Form;
  /** In force when the channel was made, unless the message names one. */
  scheme: Scheme;
  status: "pending" | Outcome;
  request: AsyncRequest;
  /** The last user message. */
  prompt: string;
  keywords: Set<Keyword>;
  token: string;
  /** How long it takes. */
  durationMs: number;
  createdAt: number;
  /** When it ended, in milliseconds: its webhook's own time, the same in every copy and on every try. */
  endedAt: number | null;
  /** The last part of its callback's URL. */
  callbackId: string;
  /** When the last try of a webhook that names the callback began; before that, nobody knows its id. */
  offeredAt: number | null;
  /** What goes wrong with its callbacks, instead of what the options say. May be set by a test. */
  callbackPlan: CallbackPlan | undefined;
  /** The callbacks that a plan has spoilt. */
  spoilt: number;
  /** A callback was taken, and its caller could read a 2xx. */
  isCalledBack: boolean;
}

const LATE = 10;

/** A message's words, of plain text and of parts that have text. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join(" ");
}

function promptOf({ messages }: AsyncRequest): string {
  const last = messages.findLast(({ role }) => role === "user") ?? messages.at(-1);
  return textOf(last?.content);
}

/** The words a request holds. */
export function keywordsOf(request: AsyncRequest): Set<Keyword> {
  return readWords(promptOf(request), KEYWORDS);
}

function schemeOf(keywords: Set<Keyword>, usual: Scheme): Scheme {
  if (keywords.has("scheme-a")) return "a";
  return keywords.has("scheme-b") ? "b" : usual;
}

export class ChannelBook {
  readonly byId = new Map<string, Channel>();
  readonly byCallback = new Map<string, Channel>();

  create(request: AsyncRequest, { scheme, latencyMs }: { scheme: Scheme; latencyMs: number }): Channel {
    const prompt = promptOf(request);
    const keywords = keywordsOf(request);
    const isStandard = keywords.has("standard") || request.workflow.endsWith(":standard");
    const channel: Channel = {
      id: randomUUID(),
      form: isStandard ? "standard" : "event",
      scheme: schemeOf(keywords, scheme),
      status: "pending",
      request,
      prompt,
      keywords,
      token: randomBytes(24).toString("base64url"),
      durationMs: spread(latencyMs, chanceOf(prompt)) * (keywords.has("late") ? LATE : 1),
      createdAt: Date.now(),
      endedAt: null,
      callbackId: randomUUID(),
      offeredAt: null,
      callbackPlan: undefined,
      spoilt: 0,
      isCalledBack: false,
    };
    this.byId.set(channel.id, channel);
    this.byCallback.set(channel.callbackId, channel);
    const dropped = dropOldest(this.byId, KEPT_REQUESTS);
    if (dropped) this.byCallback.delete(dropped.callbackId);
    return channel;
  }
}

/** Ends a pending channel, by its message unless an outcome is given; one that has ended keeps its end. */
export function settle(channel: Channel, outcome?: Outcome): void {
  if (channel.status !== "pending") return;
  channel.status = outcome ?? (channel.keywords.has("fail") ? "failed" : "completed");
  channel.endedAt = Date.now();
}
