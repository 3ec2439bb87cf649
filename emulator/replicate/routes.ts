/** Replicate's REST API: who may call, what is refused, and what is answered. */

import { type Call, HANG_UP, html, json, keyed, parseJson, type Reply, type Route } from "../http.ts";
import { isHttpUrl, isObject, type Json } from "../json.ts";
import { readWords } from "../keywords.ts";
import { refuse } from "../refusal.ts";
import { RUN_WORDS } from "../runs.ts";
import type { ReplicateOptions } from "./options.ts";
import type { Replicate } from "./provider.ts";
import { problem, written } from "./wire.ts";

const PAGE = 100;

function fail(status: number, title: string, detail: string, headers = {}): Reply {
  return json(status, problem(status, title, detail), headers);
}

function refusedByWord(input: Json): Reply | undefined {
  const words = readWords(JSON.stringify(input), RUN_WORDS);
  if (words.has("refuse-html")) return html(502, "<h1>502 Bad Gateway</h1>");
  if (words.has("refuse-402")) return fail(402, "Insufficient credit", "You have insufficient credit.");
  if (words.has("refuse-429")) return fail(429, "Throttled", "Request was throttled.", { "retry-after": "1" });
  if (words.has("refuse-500")) return fail(500, "Internal server error", "Something went wrong.");
  return undefined;
}

export function replicateRoutes(options: ReplicateOptions, replicate: Replicate): Route[] {
  const withKey = keyed(
    () => options.apiKey,
    () => fail(401, "Unauthenticated", "You did not pass a valid authentication token"),
  );
  const answer = (status: number, body: Json): Reply => ({
    status,
    body: written(body),
    headers: { "content-type": "application/json" },
  });

  const create =
    (modelOf: (call: Call, body: Json) => unknown): Route["handle"] =>
    async (call) => {
      if (options.refuseCreate) return refuse(options.refuseCreate);
      const body = parseJson(call.body);
      if (!isObject(body) || !isObject(body.input)) {
        const invalid = [{ type: "required", field: "input", description: "input is required" }];
        return json(422, {
          ...problem(422, "Input validation failed", "- input is required"),
          invalid_fields: invalid,
        });
      }
      const { input, webhook, webhook_events_filter: filter } = body;
      const model = modelOf(call, body);
      if (typeof model !== "string" || model.startsWith("nobody/")) {
        return fail(404, "Not found", "The requested resource could not be found.");
      }
      if (webhook !== undefined && !isHttpUrl(webhook)) return fail(422, "Invalid", "webhook must be a URL");
      if ("prompt" in input && typeof input.prompt !== "string") {
        const detail = "- input.prompt: Invalid type. Expected: string";
        const invalid = [{ type: "invalid_type", field: "input.prompt", description: "Expected: string" }];
        return json(422, { ...problem(422, "Input validation failed", detail), invalid_fields: invalid });
      }
      const refused = refusedByWord(input);
      if (refused) return refused;
      const events = Array.isArray(filter) ? (filter as string[]) : ["output", "completed"];
      const run = replicate.start(model, input, webhook as string | undefined, events);
      try {
        await options.onCreate?.(run);
      } catch {
        return HANG_UP;
      }
      return answer(201, replicate.read(run));
    };

  const one =
    (then: (id: string) => void = () => {}): Route["handle"] =>
    ({ params: { id = "" } }) => {
      const run = replicate.book.byId.get(id);
      if (!run) return fail(404, "Not found", "The requested resource could not be found.");
      then(id);
      return answer(200, replicate.read(run));
    };

  const list: Route["handle"] = ({ query }) => {
    const newest = [...replicate.book.byId.values()].reverse();
    const from = Number(query.get("cursor") ?? 0);
    const page = newest.slice(from, from + PAGE).map((run) => {
      const { webhook, ...rest } = replicate.read(run);
      return options.listsWebhooks && webhook !== undefined ? { ...rest, webhook } : rest;
    });
    const more = from + PAGE < newest.length;
    const next = more ? `${replicate.base}/predictions?cursor=${from + PAGE}` : null;
    return answer(200, { previous: null, next, results: page });
  };

  const versioned = (_: Call, { version }: Json) => (typeof version === "string" ? `owner/name:${version}` : undefined);
  const named = ({ params: { owner, name } }: Call) => `${owner}/${name}`;
  return [
    { method: "POST", pattern: "/v1/predictions", handle: withKey(create(versioned)) },
    { method: "POST", pattern: "/v1/models/:owner/:name/predictions", handle: withKey(create(named)) },
    { method: "GET", pattern: "/v1/predictions", handle: withKey(list) },
    { method: "GET", pattern: "/v1/predictions/:id", handle: withKey(one()) },
    {
      method: "POST",
      pattern: "/v1/predictions/:id/cancel",
      handle: withKey(one((id) => replicate.cancel(replicate.book.find(id)))),
    },
    {
      method: "GET",
      pattern: "/v1/webhooks/default/secret",
      handle: withKey(() => json(200, { key: options.webhookSecret })),
    },
  ];
}
