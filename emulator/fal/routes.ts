/** fal's queue: who may call, what is refused, and what is answered. */

import { type Call, HANG_UP, html, json, parseJson, type Reply, type Route } from "../http.ts";
import { isHttpUrl, isObject, type Json } from "../json.ts";
import { readWords } from "../keywords.ts";
import { refuse } from "../refusal.ts";
import { RUN_WORDS, type Run } from "../runs.ts";
import type { FalOptions } from "./options.ts";
import type { Fal } from "./provider.ts";
import { published } from "./signing.ts";
import { application, outcome, status, submitted, written } from "./wire.ts";

/** Segments that a model's path may have after owner and application. */
const DEEPEST = 4;

function fail(status: number, detail: unknown, headers = {}): Reply {
  return json(status, { detail }, headers);
}

function objection(input: unknown): Reply | undefined {
  if (!isObject(input)) return fail(422, [{ loc: ["body"], msg: "Input should be an object", type: "model_type" }]);
  if ("prompt" in input && typeof input.prompt !== "string") {
    return fail(422, [{ loc: ["body", "prompt"], msg: "Input should be a valid string", type: "string_type" }]);
  }
  const words = readWords(JSON.stringify(input), RUN_WORDS);
  if (words.has("refuse-html")) return html(502, "<h1>502 Bad Gateway</h1>");
  if (words.has("refuse-402")) return fail(402, "Exhausted balance.");
  if (words.has("refuse-429")) return fail(429, "Too many requests.", { "retry-after": "1" });
  if (words.has("refuse-500")) return fail(500, "Internal server error");
  return undefined;
}

export function falRoutes(options: FalOptions, fal: Fal): Route[] {
  const withKey =
    (handle: Route["handle"]): Route["handle"] =>
    (call) =>
      call.headers.authorization === `Key ${options.apiKey}` ? handle(call) : fail(401, "Invalid key.");
  const answer = (code: number, body: Json): Reply => ({
    status: code,
    body: written(body),
    headers: { "content-type": "application/json" },
  });

  const submit: Route["handle"] = async (call) => {
    if (options.refuseSubmit) return refuse(options.refuseSubmit);
    const model = decodeURIComponent(call.path.split("/").slice(2).join("/"));
    if (model.startsWith("nobody/")) return fail(404, "Application not found");
    const input = parseJson(call.body);
    const refused = objection(input);
    if (refused) return refused;
    const hook = call.query.get("fal_webhook") ?? undefined;
    if (hook !== undefined && !isHttpUrl(hook)) return fail(422, "fal_webhook must be a URL");
    const run = fal.submit(model, input as Json, hook);
    try {
      await options.onSubmit?.(run);
    } catch {
      return HANG_UP;
    }
    return answer(200, submitted(run, fal.base, fal.book.placeOf(run)));
  };

  const one =
    (show: (run: Run, call: Call) => Reply): Route["handle"] =>
    (call) => {
      const { owner, app, id = "" } = call.params;
      const run = fal.book.byId.get(id);
      const isThere = run && application(run.model) === `${owner}/${app}`;
      return isThere ? show(run, call) : fail(404, "Request not found");
    };

  const statusOf = (run: Run, { query }: Call) =>
    answer(run.endedAt === null ? 202 : 200, status(run, fal.base, fal.book.placeOf(run), query.get("logs") === "1"));
  const resultOf = (run: Run): Reply => {
    if (run.endedAt === null) return fail(400, "Request is still in progress");
    return answer(...outcome(run));
  };
  const cancel = (run: Run): Reply => {
    const [code, said] = fal.cancel(run);
    return json(code, { status: said });
  };

  const request = "/:owner/:app/requests/:id";
  const deep = Array.from({ length: DEEPEST + 1 }, (_, more) => {
    const rest = Array.from({ length: more }, (_, i) => `/:p${i}`).join("");
    return { method: "POST", pattern: `/:owner/:app${rest}`, handle: withKey(submit) };
  });
  return [
    ...deep,
    { method: "GET", pattern: request, handle: withKey(one(resultOf)) },
    { method: "GET", pattern: `${request}/status`, handle: withKey(one(statusOf)) },
    { method: "PUT", pattern: `${request}/cancel`, handle: withKey(one(cancel)) },
    {
      method: "GET",
      pattern: "/.well-known/jwks.json",
      handle: () => (options.servesKeys ? json(200, { keys: fal.keys.map(published) }) : fail(503, "Unavailable")),
    },
  ];
}
