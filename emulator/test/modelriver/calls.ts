/** Calls to ModelRiver as a client makes them. */

import type { Emulator } from "../../emulator.ts";
import { type Answer, call } from "../receiver.ts";

/** The start call for one message of a user. */
export function ask(emulator: Emulator, content: string, more: object = {}): Promise<Answer> {
  const request = { workflow: "new_movie_suggestion", messages: [{ role: "user", content }], ...more };
  return call(emulator, "/v1/ai/async", request, emulator.options.modelriver.apiKey);
}

/** Starts a request and gives its channel's id. */
export async function begin(emulator: Emulator, content: string, more: object = {}): Promise<string> {
  const { status, body } = await ask(emulator, content, more);
  if (status !== 200) throw new Error(`the start call answered ${status}: ${JSON.stringify(body)}`);
  return body.channel_id;
}

/** A callback's body as documented. */
export const SAVED = {
  data: { title: "Inception", id: "rec_1", saved_at: "2026-11-20T10:00:00.000Z" },
  task_id: "save_rec_1",
  metadata: { database: "d1", table: "ai_content", record_id: "rec_1" },
};

/** Calls back to where the channel's webhook says. */
export function callBack(emulator: Emulator, channelId: string, body: unknown = SAVED, key?: string): Promise<Answer> {
  const path = new URL(emulator.modelriver.callbackUrl(channelId)).pathname;
  return call(emulator, path, body, key ?? emulator.options.modelriver.apiKey);
}
