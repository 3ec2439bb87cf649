/** A task of any of the four providers: how it is asked for, and what its provider may be made to do with it. */

import type { Emulator } from "../../emulator/emulator.ts";
import type { SendOptions } from "../../emulator/outbox.ts";

export const PROVIDERS = ["mynth", "modelriver", "replicate", "fal"] as const;
export type ProviderName = (typeof PROVIDERS)[number];

export type End = "good" | "bad" | "canceled";

/** What the provider has of one order. */
export interface Paid {
  /** The provider's own id. */
  id: string;
}

export interface Provider {
  path: string;
  body(prompt: string): object;
  /** The id of the room. */
  roomOf(id: string): string;
  /** Which order a start call is for. */
  promptOf(paid: any): string;
  /** Calls `hear` while a start call has no answer yet. */
  onStart(emulator: Emulator, hear: (paid: any) => Promise<void>): void;
  /** Ends it in the provider's book: what counts is the first end. Undefined while it goes on. */
  finish(emulator: Emulator, id: string, end?: End): void;
  endOf(emulator: Emulator, id: string): End | undefined;
  deliver(emulator: Emulator, id: string, how: SendOptions): Promise<{ status: number | null }[]>;
  /** Says so far that it goes on. */
  step?(emulator: Emulator, id: string, progress: number, how: SendOptions): Promise<unknown>;
  /** An event that says the opposite of what came first. */
  contradict(emulator: Emulator, id: string, how: SendOptions): Promise<{ status: number | null }[]>;
  canCancel: boolean;
  /** Without a webhook, asking finds out. */
  canAsk: boolean;
  /** A start without an answer is found. */
  canSearch: boolean;
}

const runs = (name: "replicate" | "fal", prefix: string, model: string) => ({
  path: "/tasks",
  body: (prompt: string) => ({ provider: name, model, input: { prompt } }),
  roomOf: (id: string) => prefix + id,
  promptOf: (run: any) => String(run.input.prompt),
  finish: (emulator: Emulator, id: string, end?: End) => {
    const words = { good: "succeeded", bad: "failed", canceled: "canceled" } as const;
    emulator[name].finish(id, end && words[end]);
  },
  endOf: (emulator: Emulator, id: string): End | undefined => {
    const status = emulator[name].runs.get(id)?.status;
    return ({ succeeded: "good", failed: "bad", canceled: "canceled" } as const)[status as "failed"];
  },
  deliver: (emulator: Emulator, id: string, how: SendOptions) => emulator[name].deliver(id, how),
  canCancel: true,
  canAsk: true,
});

export const OF: Record<ProviderName, Provider> = {
  mynth: {
    path: "/generate",
    body: (prompt) => ({ prompt, model: "m/x", count: 2 }),
    roomOf: (id) => id,
    promptOf: (task) => task.request.prompt,
    onStart: (emulator, hear) => {
      emulator.options.onCreate = hear;
    },
    finish: (emulator, id, end) => void emulator.finish(id, end && (end === "good" ? "completed" : "failed")),
    endOf: (emulator, id) =>
      (({ completed: "good", failed: "bad" }) as const)[emulator.tasks.get(id)?.status as "failed"],
    deliver: (emulator, id, how) => emulator.deliver(id, how),
    contradict: (emulator, id, how) =>
      emulator.deliver(id, { ...how, event: emulator.tasks.get(id)?.status === "failed" ? "completed" : "failed" }),
    canCancel: false,
    canAsk: true,
    canSearch: true,
  },
  modelriver: {
    path: "/ai",
    body: (prompt) => ({ workflow: "films", messages: [{ role: "user", content: prompt }] }),
    roomOf: (id) => `channel:${id}`,
    promptOf: (channel) => channel.prompt,
    onStart: (emulator, hear) => {
      emulator.options.modelriver.onStart = hear;
    },
    finish: (emulator, id, end) =>
      void emulator.modelriver.finish(id, end && (end === "good" ? "completed" : "failed")),
    endOf: (emulator, id) =>
      (({ completed: "good", failed: "bad" }) as const)[emulator.modelriver.channels.get(id)?.status as "failed"],
    deliver: (emulator, id, how) => emulator.modelriver.deliver(id, how),
    // A channel is a stream of events: another one contradicts nothing.
    contradict: async () => [],
    canCancel: false,
    canAsk: false,
    canSearch: false,
  },
  replicate: {
    ...runs("replicate", "rep_", "owner/name"),
    onStart: (emulator, hear) => {
      emulator.options.replicate.onCreate = hear;
    },
    step: (emulator, id, progress, how) => emulator.replicate.deliver(id, { ...how, progress }),
    contradict: (emulator, id, how) =>
      emulator.replicate.deliver(id, {
        ...how,
        mutate: (body) => {
          body.status = body.status === "succeeded" ? "failed" : "succeeded";
        },
      }),
    canSearch: true,
  },
  fal: {
    ...runs("fal", "fal_", "fal-ai/flux/dev"),
    onStart: (emulator, hear) => {
      emulator.options.fal.onSubmit = hear;
    },
    step: async (emulator, id, progress) => emulator.fal.step(id, progress),
    contradict: (emulator, id, how) =>
      emulator.fal.deliver(id, {
        ...how,
        mutate: (body) => {
          body.status = body.status === "OK" ? "ERROR" : "OK";
        },
      }),
    canSearch: false,
  },
};
