/** The call that starts something at a provider: what is asked before it starts, and what may cut its answer off. */

import { HANG_UP, json, parseJson, type Reply, type Route } from "./http.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** A provider's part of a start call. `refusal` and `onStart` are options that a test may set at any time. */
export interface StartCall<Started> {
  refusal(): Refusal | undefined;
  /** The reply to a body that nothing is started for. */
  objection(body: unknown): Reply | undefined;
  start(body: unknown): Started;
  /** Awaited before the reply. If it throws, the connection is cut: accepted, and the answer lost. */
  onStart(started: Started): Promise<void> | void;
  status: number;
  reply(started: Started): object;
}

export function startCall<Started>(call: StartCall<Started>): Route["handle"] {
  return async ({ body: text }) => {
    const refusal = call.refusal();
    if (refusal) return refuse(refusal);
    const body = parseJson(text);
    const refused = call.objection(body);
    if (refused) return refused;
    const started = call.start(body);
    try {
      await call.onStart(started);
    } catch {
      return HANG_UP;
    }
    return json(call.status, call.reply(started));
  };
}
