/** fal's shapes: the answer to a submission, a status, a result, a webhook. Pure. */

import type { Json } from "../json.ts";
import { isOver, type Run } from "../runs.ts";

const FILES = "https://v3.fal.media/files/emulator";

/** Owner and application: the rest of a model's name is not in its requests' addresses. */
export function application(model: string): string {
  return model.split("/").slice(0, 2).join("/");
}

export function addresses(run: Run, base: string): Json {
  const host = run.keywords.has("foreign") ? "https://queue.fal.evil.example" : base;
  const url = `${host}/${application(run.model)}/requests/${run.id}`;
  return { response_url: url, status_url: `${url}/status`, cancel_url: `${url}/cancel` };
}

export function submitted(run: Run, base: string, place: number): Json {
  return {
    request_id: run.id,
    gateway_request_id: run.id,
    status: "IN_QUEUE",
    queue_position: place,
    ...addresses(run, base),
  };
}

export function status(run: Run, base: string, place: number, withLogs: boolean): Json {
  const logs = run.logs.map((message) => ({
    message,
    level: "INFO",
    source: "USER",
    timestamp: new Date().toISOString(),
  }));
  const shown = withLogs ? { logs } : {};
  const head = { request_id: run.id, ...addresses(run, base) };
  if (run.status === "waiting") return { status: "IN_QUEUE", queue_position: place, ...head };
  if (!isOver(run)) return { status: "IN_PROGRESS", ...head, ...shown };
  const seconds = ((run.endedAt ?? 0) - (run.startedAt ?? run.createdAt)) / 1000;
  return { status: "COMPLETED", ...head, ...shown, metrics: { inference_time: seconds } };
}

/** What a request comes to: its HTTP status, and the payload. */
export function outcome({ id, status, keywords }: Run): [status: number, payload: Json] {
  if (status === "canceled") return [499, { detail: "Request was cancelled by the client." }];
  if (status === "failed") {
    return [
      422,
      { detail: [{ loc: ["body", "prompt"], msg: "The prompt was refused.", type: "content_policy_violation" }] },
    ];
  }
  if (keywords.has("text")) return [200, { output: "A fox in snow." }];
  if (keywords.has("json")) return [200, { score: 0.5, labels: ["fox"] }];
  const file = (name: string, type: string) => ({
    url: `${FILES}/${id}/${name}`,
    content_type: type,
    file_name: name,
    file_size: 1824075,
  });
  if (keywords.has("video")) return [200, { video: file("out.mp4", "video/mp4") }];
  const seed = keywords.has("big-seed") ? "SEED" : 7;
  return [200, { images: [{ ...file("image.png", "image/png"), width: 1024, height: 1024 }], seed }];
}

export function webhook(run: Run): Json {
  const [code, payload] = outcome(run);
  const head = { request_id: run.id, gateway_request_id: run.id };
  if (code === 200) return { ...head, status: "OK", payload };
  return { ...head, status: "ERROR", error: `Invalid status code: ${code}`, payload };
}

/** JSON in which a seed is a number that JavaScript cannot hold. */
export function written(body: Json): string {
  return JSON.stringify(body).replaceAll('"SEED"', "196619188014358660");
}
