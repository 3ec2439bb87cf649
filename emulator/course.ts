/** The course of a request that no test steers: it takes its time, ends, and its webhooks go out. */

import type { Context } from "./context.ts";
import type { SendOptions } from "./outbox.ts";

/** A task, a channel, a prediction: what a provider has been asked for. */
export interface Requested {
  id: string;
  durationMs: number;
  /** `lost` sends no webhook, `twice` sends each two times. */
  keywords: ReadonlySet<string>;
}

/** A provider, as far as the course of its requests goes. */
export interface Steered {
  /** Ends a request as planned and sends nothing. */
  finish(id: string): unknown;
  /** Sends its webhooks. */
  deliver(id: string, how: SendOptions): Promise<unknown>;
}

/** Sets a request going, unless tests steer: `autoDeliver` is off. */
export function takeCourse(
  { id, durationMs, keywords }: Requested,
  provider: Steered,
  { options, timers }: Context,
): void {
  if (!options.autoDeliver) return;
  timers.after(durationMs, () => {
    provider.finish(id);
    if (!keywords.has("lost")) void provider.deliver(id, { copies: keywords.has("twice") ? 2 : 1, retry: true });
  });
}
