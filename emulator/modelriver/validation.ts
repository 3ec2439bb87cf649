/** What the start call accepts. Pure: a parsed body in, a list of issues out. */

import { isHttpUrl, isObject } from "../json.ts";
import type { Issue } from "./wire.ts";

function* messageIssues(messages: unknown): Generator<Issue> {
  if (!Array.isArray(messages) || messages.length === 0) {
    yield { path: "messages", message: "Expected at least one message" };
    return;
  }
  for (const [index, each] of messages.entries()) {
    const content = isObject(each) ? each.content : undefined;
    if (!isObject(each) || typeof each.role !== "string" || !(typeof content === "string" || Array.isArray(content))) {
      yield { path: `messages.${index}`, message: "Expected {role, content}" };
    }
  }
}

/** What a field that may be left out has to be. Fields that are not known are let through. */
const OPTIONAL: Readonly<Record<string, [fits: (value: unknown) => boolean, expected: string]>> = {
  metadata: [isObject, "Expected an object"],
  webhook_url: [isHttpUrl, "Expected an http or https URL"],
  events: [
    (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
    "Expected an array of names",
  ],
  user_id: [(value) => typeof value === "string", "Expected a string"],
};

/** Empty when the provider would start. */
export function* requestIssues(body: unknown): Generator<Issue> {
  if (!isObject(body)) {
    yield { path: "", message: "Expected a JSON object" };
    return;
  }
  if (typeof body.workflow !== "string" || body.workflow === "") {
    yield { path: "workflow", message: "Expected the name of a workflow" };
  }
  yield* messageIssues(body.messages);
  for (const [path, [fits, expected]] of Object.entries(OPTIONAL)) {
    if (body[path] !== undefined && !fits(body[path])) yield { path, message: expected };
  }
}

/** Whether a callback's body is one: the data with the record's id and time, or a failure. */
export function isCallback(body: unknown): boolean {
  if (!isObject(body)) return false;
  if (typeof body.error === "string") return true;
  const { data } = body;
  return isObject(data) && typeof data.id === "string" && typeof data.saved_at === "string";
}
