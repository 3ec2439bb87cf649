/** Replicate, which runs any model, as the list of providers takes it. */

import { code, deliveryLine, excerpt, requestRow } from "../markup.ts";
import type { ReplayOptions } from "../outbox.ts";
import type { EmulatedProvider } from "../provider.ts";
import { RUN_WORDS, type Run } from "../runs.ts";
import { REPLICATE_DEFAULTS, REPLICATE_FLAGS, type ReplicateOptions } from "./options.ts";
import { type Attempt, type DeliverOptions, Replicate } from "./provider.ts";
import { replicateRoutes } from "./routes.ts";

/** What a test may look at and do. */
export interface ReplicateControl {
  /** By the provider's own id, oldest first. */
  runs: ReadonlyMap<string, Run>;
  /** Every webhook attempt that has its answer, oldest first. */
  deliveries: readonly Attempt[];
  /** The last attempt of each webhook that was never taken. */
  deadLetters: readonly Attempt[];
  deliver(id: string, how?: DeliverOptions): Promise<Attempt[]>;
  replay(attempt: Attempt, how?: ReplayOptions): Promise<Attempt[]>;
  /** Ends a prediction and sends nothing. */
  finish(id: string, outcome?: DeliverOptions["outcome"]): Run;
}

export const replicate: EmulatedProvider<"replicate", ReplicateOptions, ReplicateControl> = {
  name: "replicate",
  title: "Replicate",
  role: "the model runner",
  prefix: "/replicate",
  defaults: REPLICATE_DEFAULTS,
  flags: REPLICATE_FLAGS,
  words: { heading: "Words in an input to Replicate", where: "any text of the input", meanings: RUN_WORDS },
  recentHeading: "Last predictions",
  start(options, context) {
    const provider = new Replicate(options, context);
    const { book, outbox } = provider;
    const control: ReplicateControl = {
      runs: book.byId,
      deliveries: outbox.deliveries,
      deadLetters: outbox.deadLetters,
      deliver: (id, how) => provider.deliver(id, how),
      replay: (attempt, how) => outbox.replay(attempt, how),
      finish: (id, outcome) => provider.finish(id, outcome),
    };
    const recent = (most: number) =>
      [...book.byId.values()]
        .slice(-most)
        .reverse()
        .map((run) => {
          const sent = outbox.deliveries.filter(({ predictionId }) => predictionId === run.id);
          const lines = sent.map((attempt) => deliveryLine(attempt.said, attempt));
          return requestRow(run.status, `${code(run.model)}<br>${excerpt(JSON.stringify(run.input))}`, lines);
        });
    return { control, routes: replicateRoutes(options, provider), recent };
  },
};
