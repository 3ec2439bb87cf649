/** The payloads that providers send, for each event that the Worker knows. Their shapes are the emulator's. */

import { webhook as falBody } from "../../emulator/fal/wire.ts";
import type { Json } from "../../emulator/json.ts";
import { ChannelBook, settle as settleChannel } from "../../emulator/modelriver/channels.ts";
import { webhookBody } from "../../emulator/modelriver/wire.ts";
import { KINDS, type Kind } from "../../emulator/mynth/kinds.ts";
import { type Outcome, settle, TaskBook } from "../../emulator/mynth/tasks.ts";
import { ulid } from "../../emulator/mynth/ulid.ts";
import { eventBody } from "../../emulator/mynth/wire.ts";
import { prediction } from "../../emulator/replicate/wire.ts";
import { end, goOn, type Run, RunBook } from "../../emulator/runs.ts";
import type { Provider } from "./signing.ts";

/** What the files of a fixture have for an address. Nothing is there. */
const FILES = "https://example.com";
const DAY_MS = 86_400_000;
const ABOUT = "a fox in snow";

export interface About {
  taskId: string;
  /** The base of the provider's API, and the address of the task's webhook, for those that repeat them. */
  api?: string | undefined;
  webhook?: string | undefined;
}

type Make = (about: About) => Json;

function mynth(kind: Kind, outcome: Outcome): Make {
  return ({ taskId }) => {
    const makes = kind === "image.generate" || kind === "video.generate";
    const sent = makes ? { prompt: ABOUT, model: "google/gemini-3.1-flash-image" } : { url: `${FILES}/fox.png` };
    const task = new TaskBook().create(kind, sent, "g4", 0, "1024x1024");
    task.id = taskId;
    settle(task, outcome);
    return eventBody("g4", task, outcome, FILES);
  };
}

function modelriver(form: "event" | "standard", outcome: Outcome): Make {
  return ({ taskId }) => {
    // Nobody would take a callback.
    const messages = [{ role: "user", content: `A film about ${ABOUT} [no-callback]` }];
    const channel = new ChannelBook().create({ workflow: "trigger", messages }, { scheme: "a", latencyMs: 0 });
    channel.id = taskId;
    settleChannel(channel, outcome);
    const body = webhookBody(channel, form, outcome, FILES);
    return outcome === "failed" ? { ...body, type: "task.failed" } : body;
  };
}

const ENDS = ["starting", "processing", "succeeded", "failed", "canceled"] as const;
type RunEnd = (typeof ENDS)[number];

function runOf(id: string, webhook: string | undefined, status: RunEnd): Run {
  const run = new RunBook().add(id, "owner/model", { prompt: ABOUT }, webhook, 0);
  if (status !== "starting") goOn(run, 0.5);
  if (status !== "starting" && status !== "processing") end(run, status);
  return run;
}

function replicate(status: RunEnd): Make {
  return ({ taskId, webhook, api = "https://api.replicate.com/v1" }) =>
    prediction(runOf(taskId.replace(/^rep_/, ""), webhook, status), api, DAY_MS);
}

function fal(status: RunEnd): Make {
  return ({ taskId, webhook }) => falBody(runOf(taskId.replace(/^fal_/, ""), webhook, status));
}

interface Fixture {
  provider: Provider;
  make: Make;
}

const OUTCOMES = ["completed", "failed"] as const;

const all: [event: string, fixture: Fixture][] = [
  ...KINDS.flatMap((kind) =>
    OUTCOMES.map((outcome): [string, Fixture] => [
      `task.${kind}.${outcome}`,
      { provider: "mynth", make: mynth(kind, outcome) },
    ]),
  ),
  ["task.ai_generated", { provider: "modelriver", make: modelriver("event", "completed") }],
  ["task.completed", { provider: "modelriver", make: modelriver("standard", "completed") }],
  ["task.failed", { provider: "modelriver", make: modelriver("standard", "failed") }],
  ...ENDS.map((status): [string, Fixture] => [
    `prediction.${status}`,
    { provider: "replicate", make: replicate(status) },
  ]),
  ["request.ok", { provider: "fal", make: fal("succeeded") }],
  ["request.error", { provider: "fal", make: fal("failed") }],
];

/** By the name of the event. */
export const FIXTURES: ReadonlyMap<string, Fixture> = new Map(all);

/** An event that the Worker does not know: it is acknowledged, and changes nothing. */
const UNKNOWN: Record<"mynth" | "modelriver", (event: string, taskId: string | undefined) => Json> = {
  mynth: (event, taskId) => ({
    id: `evt_${ulid()}`,
    type: event,
    timestamp: new Date().toISOString(),
    data: taskId === undefined ? null : { id: taskId },
  }),
  modelriver: (event, taskId) => ({
    type: event,
    ...(taskId === undefined ? {} : { channel_id: taskId }),
    timestamp: new Date().toISOString(),
  }),
};

export function unknownEvent(provider: "mynth" | "modelriver", event: string, taskId?: string): Json {
  return UNKNOWN[provider](event, taskId);
}
