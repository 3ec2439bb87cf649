/** fal, which runs any model from its queue, as the list of providers takes it. */

import { randomBytes } from "node:crypto";
import { code, deliveryLine, excerpt, requestRow } from "../markup.ts";
import type { ReplayOptions } from "../outbox.ts";
import type { EmulatedProvider } from "../provider.ts";
import { RUN_WORDS, type Run } from "../runs.ts";
import { FAL_DEFAULTS, FAL_FLAGS, type FalOptions } from "./options.ts";
import { type Attempt, type DeliverOptions, Fal } from "./provider.ts";
import { falRoutes } from "./routes.ts";
import { keyOf, type SigningKey } from "./signing.ts";

/** What a test may look at and do. */
export interface FalControl {
  /** By request id, oldest first. */
  runs: ReadonlyMap<string, Run>;
  deliveries: readonly Attempt[];
  deadLetters: readonly Attempt[];
  deliver(id: string, how?: DeliverOptions): Promise<Attempt[]>;
  replay(attempt: Attempt, how?: ReplayOptions): Promise<Attempt[]>;
  /** Ends a request and sends nothing. */
  finish(id: string, outcome?: DeliverOptions["outcome"]): Run;
  /** Begins a request, or lets it come so far. */
  step(id: string, progress: number): Run;
  /** Signs with a new key from now on, and publishes it beside the others. */
  rotate(): SigningKey;
  /** A key that is not published. */
  strangersKey(): SigningKey;
}

export const fal: EmulatedProvider<"fal", FalOptions, FalControl> = {
  name: "fal",
  title: "fal",
  role: "the queue",
  prefix: "/fal",
  defaults: FAL_DEFAULTS,
  flags: FAL_FLAGS,
  words: { heading: "Words in an input to fal", where: "any text of the input", meanings: RUN_WORDS },
  recentHeading: "Last requests to fal",
  start(options, context) {
    const provider = new Fal(options, context);
    const { book, outbox, keys } = provider;
    const newKey = (id: string) => keyOf(id, randomBytes(32));
    const control: FalControl = {
      runs: book.byId,
      deliveries: outbox.deliveries,
      deadLetters: outbox.deadLetters,
      deliver: (id, how) => provider.deliver(id, how),
      replay: (attempt, how) => outbox.replay(attempt, how),
      finish: (id, outcome) => provider.finish(id, outcome),
      step: (id, progress) => provider.step(id, progress),
      rotate() {
        const key = newKey(`key-${keys.length + 1}`);
        keys.push(key);
        return key;
      },
      strangersKey: () => newKey("stranger"),
    };
    const recent = (most: number) =>
      [...book.byId.values()]
        .slice(-most)
        .reverse()
        .map((run) => {
          const sent = outbox.deliveries.filter(({ requestId }) => requestId === run.id);
          const lines = sent.map((attempt) => deliveryLine("webhook", attempt));
          return requestRow(run.status, `${code(run.model)}<br>${excerpt(JSON.stringify(run.input))}`, lines);
        });
    return { control, routes: falRoutes(options, provider), recent };
  },
};
