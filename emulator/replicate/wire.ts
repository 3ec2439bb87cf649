/** Replicate's shapes: a prediction, a list of them, an error. Pure. */

import type { Json } from "../json.ts";
import { isOver, type Run } from "../runs.ts";

/** Where files are kept. The emulator serves none there: a test looks at the address. */
const FILES = "https://replicate.delivery/emulator";

const STATUS = {
  waiting: "starting",
  running: "processing",
  succeeded: "succeeded",
  failed: "failed",
  canceled: "canceled",
} as const;

function outputOf({ id, keywords }: Run): unknown {
  if (keywords.has("text")) return ["A ", "fox ", "in ", "snow."];
  if (keywords.has("json")) return { score: 0.5, labels: ["fox"] };
  if (keywords.has("big-seed")) return { image: `${FILES}/${id}/out.png`, seed: "SEED" };
  if (keywords.has("video")) return `${FILES}/${id}/out.mp4`;
  return [`${FILES}/${id}/out-0.webp`];
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** A prediction as it is now. `base` is the API's address. */
export function prediction(run: Run, base: string, keptMs: number): Json {
  const isRemoved = run.endedAt !== null && Date.now() - run.endedAt >= keptMs;
  const host = run.keywords.has("foreign") ? "https://replicate.evil.example/v1" : base;
  const seconds = (run.endedAt ?? Date.now()) - (run.startedAt ?? run.createdAt);
  return {
    id: run.id,
    model: run.model.split(":")[0],
    version: run.model.split(":")[1] ?? "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
    status: STATUS[run.status],
    input: isRemoved ? {} : run.input,
    output: run.status === "succeeded" && !isRemoved ? outputOf(run) : null,
    error: run.status === "failed" ? "The model ran out of memory." : null,
    logs: isRemoved || run.logs.length === 0 ? null : run.logs.join("\n"),
    metrics: isOver(run) ? { predict_time: seconds / 1000, total_time: seconds / 1000 } : {},
    ...(run.webhook === undefined ? {} : { webhook: run.webhook }),
    data_removed: isRemoved,
    created_at: iso(run.createdAt),
    started_at: iso(run.startedAt),
    completed_at: iso(run.endedAt),
    urls: {
      get: `${host}/predictions/${run.id}`,
      cancel: `${host}/predictions/${run.id}/cancel`,
      web: `https://replicate.com/p/${run.id}`,
    },
  };
}

/** JSON in which a seed is a number that JavaScript cannot hold. */
export function written(body: Json): string {
  return JSON.stringify(body).replaceAll('"SEED"', "196619188014358660");
}

export function problem(status: number, title: string, detail: string): Json {
  return { title, detail, status };
}
