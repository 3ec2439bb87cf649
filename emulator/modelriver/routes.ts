/** ModelRiver's REST API: who may call, what is refused, and what is answered. */

import { json, keyed, type Route } from "../http.ts";
import { type Fail, objection, unauthorized } from "../refusal.ts";
import { startCall } from "../start_call.ts";
import { type AsyncRequest, keywordsOf } from "./channels.ts";
import type { ModelRiverOptions } from "./options.ts";
import type { ModelRiver } from "./provider.ts";
import { requestIssues } from "./validation.ts";
import { errorReply, startReply } from "./wire.ts";

export function modelRiverRoutes(options: ModelRiverOptions, modelriver: ModelRiver): Route[] {
  const fail: Fail = (status, code, message, { headers, issues } = {}) =>
    json(status, errorReply(code, message, issues), headers);

  const withKey = keyed(
    () => options.apiKey,
    () => unauthorized(fail),
  );

  const start = startCall({
    refusal: () => options.refuseStart,
    objection: (body) => objection(requestIssues(body), () => keywordsOf(body as AsyncRequest), fail),
    start: (body) => modelriver.start(body as AsyncRequest),
    onStart: (channel) => options.onStart?.(channel),
    status: 200,
    reply: (channel) => startReply(channel, modelriver.base),
  });

  return [
    { method: "POST", pattern: "/v1/ai/async", handle: withKey(start) },
    { method: "POST", pattern: "/v1/callback/:id", handle: (call) => modelriver.desk.take(call) },
  ];
}
