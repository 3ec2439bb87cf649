/** The provider's REST API: who may call, what is refused, and which shape answers. */

import { bearer, HANG_UP, json, keyed, parseJson, type Reply, type Route } from "../http.ts";
import type { Json } from "../json.ts";
import type { EmulatorOptions } from "../options.ts";
import { type Fail, refusalBy, refuse } from "../refusal.ts";
import type { Gallery } from "./gallery.ts";
import { readKeywords } from "./keywords.ts";
import { KINDS, type Kind, PATHS } from "./kinds.ts";
import type { Provider } from "./provider.ts";
import { type Task, understood } from "./tasks.ts";
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

export function mynthRoutes(options: EmulatorOptions, provider: Provider, gallery: Gallery): Route[] {
  const fail: Fail = (status, code, message, headers = {}) =>
    json(status, errorReply(options.generation, code, message), headers);

  const unauthorized = () => fail(401, "unauthorized", "The API key is missing or not valid.");

  const withKey = keyed(() => options.apiKey, unauthorized);

  /** A task is read with the key, or with the token its own create call gave out. */
  const reading =
    (show: (task: Task) => object): Route["handle"] =>
    (call) => {
      const token = bearer(call);
      const task = provider.book.byId.get(call.params.id ?? "");
      if (token !== options.apiKey && !(task && token === task.publicAccessToken)) return unauthorized();
      return task ? json(200, show(task)) : fail(404, "not_found", "There is no such task.");
    };

  /** The reply that refuses what `body` asks for, if it is refused. */
  const objection = (kind: Kind, body: unknown): Reply | undefined => {
    const issues = [...requestIssues(options.generation, kind, body)];
    if (issues.length > 0) {
      return json(400, errorReply(options.generation, "validation_error", "The request is not valid.", issues));
    }
    return refusalBy(readKeywords(understood(body as Json).prompt), fail);
  };

  const create =
    (kind: Kind): Route["handle"] =>
    async (call) => {
      if (options.refuseCreate) return refuse(options.refuseCreate);
      const body = parseJson(call.body);
      const refused = objection(kind, body);
      if (refused) return refused;
      const task = provider.start(kind, body as Json);
      try {
        await options.onCreate?.(task);
      } catch {
        return HANG_UP;
      }
      return json(201, createReply(task));
    };

  /** A dry run: what the same body would cost, and nothing is made. */
  const estimate: Route["handle"] = (call) => {
    const body = parseJson(call.body);
    const kind = "image.generate";
    return objection(kind, body) ?? json(200, estimateReply(options.generation, kind, understood(body as Json).count));
  };

  const list: Route["handle"] = ({ query }) => {
    const limit = Number(query.get("limit") ?? USUAL_PAGE);
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
      const issue = { path: "limit", message: `Expected a whole number from 1 to ${LARGEST_PAGE}` };
      return json(400, errorReply(options.generation, "validation_error", "The query is not valid.", [issue]));
    }
    const tasks = provider.book.list(limit, query.get("after"));
    return tasks ? json(200, listReply(options.generation, tasks)) : fail(404, "not_found", "There is no such task.");
  };

  const picture: Route["handle"] = (call) => {
    const bytes = gallery.look((call.params.file ?? "").replace(/\.png$/, ""));
    if (!bytes) return json(404, { error: { code: "not_found", message: "There is no such picture." } });
    return {
      status: 200,
      body: bytes,
      headers: { "content-type": "image/png", "cache-control": "public, max-age=31536000, immutable" },
    };
  };

  const result = reading((task) => resultReply(task, provider.base));
  return [
    ...KINDS.map((kind) => ({ method: "POST", pattern: PATHS[kind], handle: withKey(create(kind)) })),
    { method: "POST", pattern: "/image/generate/estimate", handle: withKey(estimate) },
    { method: "GET", pattern: "/tasks", handle: withKey(list) },
    { method: "GET", pattern: "/tasks/:id", handle: reading((task) => taskReply(task, provider.base)) },
    { method: "GET", pattern: "/tasks/:id/status", handle: reading(statusReply) },
    { method: "GET", pattern: "/tasks/:id/result", handle: result },
    { method: "GET", pattern: "/tasks/:id/results", handle: result },
    { method: "GET", pattern: "/models", handle: () => json(200, { data: MODELS }) },
    { method: "GET", pattern: "/images/:file", handle: picture, cors: true, unrecorded: true },
  ];
}
