/** What the start call accepts. Pure: a parsed body in, a list of issues out. */

import { isObject } from "../json.ts";
import { fieldIssues, filled, HTTP_URL, type Issue, NO_OBJECT, OBJECT, type Rule, required, TEXT } from "../rules.ts";

const WORKFLOW = { workflow: required(filled("Expected the name of a workflow")) };

const NAMES: Rule = {
  fits: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
  expected: "Expected an array of names",
};

/** Fields that may be left out. Fields that are not known are let through. */
const OPTIONAL = { metadata: OBJECT, webhook_url: HTTP_URL, events: NAMES, user_id: TEXT };

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

/** Empty when the provider would start. */
export function* requestIssues(body: unknown): Generator<Issue> {
  if (!isObject(body)) {
    yield NO_OBJECT;
    return;
  }
  yield* fieldIssues(WORKFLOW, body);
  yield* messageIssues(body.messages);
  yield* fieldIssues(OPTIONAL, body);
}

/** Whether a callback's body is one: the data with the record's id and time, or a failure. */
export function isCallback(body: unknown): boolean {
  if (!isObject(body)) return false;
  if (typeof body.error === "string") return true;
  const { data } = body;
  return isObject(data) && typeof data.id === "string" && typeof data.saved_at === "string";
}
