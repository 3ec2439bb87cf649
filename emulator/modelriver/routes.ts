/** The provider's REST API: who may call, what is refused, and what is answered. */

import { HANG_UP, json, keyed, parseJson, type Route } from "../http.ts";
import type { EmulatorOptions } from "../options.ts";
import { type Fail, refusalBy, refuse } from "../refusal.ts";
import { type AsyncRequest, keywordsOf } from "./channels.ts";
import type { ModelRiver } from "./provider.ts";
import { requestIssues } from "./validation.ts";
import { errorReply, startReply } from "./wire.ts";

export function modelRiverRoutes({ modelriver: options }: EmulatorOptions, provider: ModelRiver): Route[] {
  const fail: Fail = (status, code, message, headers = {}) => json(status, errorReply(code, message), headers);
  const withKey = keyed(
    () => options.apiKey,
    () => fail(401, "unauthorized", "The API key is missing or not valid."),
  );

  const start: Route["handle"] = async (call) => {
    if (options.refuseStart) return refuse(options.refuseStart);
    const body = parseJson(call.body);
    const issues = [...requestIssues(body)];
    if (issues.length > 0) return json(400, errorReply("validation_error", "The request is not valid.", issues));
    const request = body as AsyncRequest;
    const refused = refusalBy(keywordsOf(request), fail);
    if (refused) return refused;
    const channel = provider.start(request);
    try {
      await options.onStart?.(channel);
    } catch {
      return HANG_UP;
    }
    return json(200, startReply(channel, provider.base));
  };

  return [
    { method: "POST", pattern: "/v1/ai/async", handle: withKey(start) },
    { method: "POST", pattern: "/v1/callback/:id", handle: (call) => provider.desk.take(call) },
  ];
}
