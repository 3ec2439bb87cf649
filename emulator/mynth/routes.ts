/** Mynth's REST API: who may call, what is refused, and which shape answers. */

import { bearer, json, keyed, parseJson, type Reply, type Route } from "../http.ts";
import type { Json } from "../json.ts";
import { type Fail, objection, unauthorized } from "../refusal.ts";
import { startCall } from "../start_call.ts";
import { KINDS, type Kind, PATHS } from "./kinds.ts";
import type { MynthOptions } from "./options.ts";
import type { Mynth } from "./provider.ts";
import { keywordsOf, type Task, understood } from "./tasks.ts";
import { requestIssues } from "./validation.ts";
import { createReply, errorReply, estimateReply, listReply, resultReply, statusReply, taskReply } from "./wire.ts";

const MODELS = [
  { id: "google/gemini-3.1-flash-image", name: "Gemini 3.1 Flash Image" },
  { id: "black-forest-labs/flux.2-pro", name: "FLUX.2 Pro" },
  { id: "bytedance/seedream-5", name: "Seedream 5" },
];

/** A listing's page, when `limit` is not given. */
const USUAL_PAGE = 20;
const LARGEST_PAGE = 100;

export function mynthRoutes(options: MynthOptions, mynth: Mynth): Route[] {
  const fail: Fail = (status, code, message, { headers, issues } = {}) =>
    json(status, errorReply(options.generation, code, message, issues), headers);

  const withKey = keyed(
    () => options.apiKey,
    () => unauthorized(fail),
  );

  /** A task is read with the key, or with the token its own create call gave out. */
  const reading =
    (show: (task: Task) => object): Route["handle"] =>
    (call) => {
      const token = bearer(call);
      const task = mynth.book.byId.get(call.params.id ?? "");
      if (token !== options.apiKey && !(task && token === task.publicAccessToken)) return unauthorized(fail);
      return task ? json(200, show(task)) : fail(404, "not_found", "There is no such task.");
    };

  const objectionTo = (kind: Kind, body: unknown): Reply | undefined =>
    objection(requestIssues(options.generation, kind, body), () => keywordsOf(understood(body as Json)), fail);

  const create = (kind: Kind): Route["handle"] =>
    startCall({
      refusal: () => options.refuseCreate,
      objection: (body) => objectionTo(kind, body),
      start: (body) => mynth.start(kind, body as Json),
      onStart: (task) => options.onCreate?.(task),
      status: 201,
      reply: createReply,
    });

  /** A dry run: what the same body would cost, and nothing is made. */
  const estimate: Route["handle"] = (call) => {
    const body = parseJson(call.body);
    const kind = "image.generate";
    const cost = () => estimateReply(options.generation, kind, understood(body as Json).count);
    return objectionTo(kind, body) ?? json(200, cost());
  };

  const list: Route["handle"] = ({ query }) => {
    const limit = Number(query.get("limit") ?? USUAL_PAGE);
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
      const issues = [{ path: "limit", message: `Expected a whole number from 1 to ${LARGEST_PAGE}` }];
      return fail(400, "validation_error", "The query is not valid.", { issues });
    }
    const tasks = mynth.book.list(limit, query.get("after"));
    return tasks ? json(200, listReply(options.generation, tasks)) : fail(404, "not_found", "There is no such task.");
  };

  const picture: Route["handle"] = (call) => {
    const bytes = mynth.gallery.look((call.params.file ?? "").replace(/\.png$/, ""));
    if (!bytes) return json(404, { error: { code: "not_found", message: "There is no such picture." } });
    return {
      status: 200,
      body: bytes,
      headers: { "content-type": "image/png", "cache-control": "public, max-age=31536000, immutable" },
    };
  };

  const result = reading((task) => resultReply(task, mynth.base));
  return [
    ...KINDS.map((kind) => ({ method: "POST", pattern: PATHS[kind], handle: withKey(create(kind)) })),
    { method: "POST", pattern: "/image/generate/estimate", handle: withKey(estimate) },
    { method: "GET", pattern: "/tasks", handle: withKey(list) },
    { method: "GET", pattern: "/tasks/:id", handle: reading((task) => taskReply(task, mynth.base)) },
    { method: "GET", pattern: "/tasks/:id/status", handle: reading(statusReply) },
    { method: "GET", pattern: "/tasks/:id/result", handle: result },
    { method: "GET", pattern: "/tasks/:id/results", handle: result },
    { method: "GET", pattern: "/models", handle: () => json(200, { data: MODELS }) },
    { method: "GET", pattern: "/images/:file", handle: picture, cors: true, unrecorded: true },
  ];
}
