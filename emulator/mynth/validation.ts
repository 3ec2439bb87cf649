/** What the create call accepts. Pure: a parsed body in, a list of issues out. */

import type { Generation } from "../options.ts";
import type { Issue } from "./wire.ts";

const FIELDS = new Set([
  "prompt",
  "negative_prompt",
  "magic_prompt",
  "model",
  "size",
  "count",
  "output",
  "inputs",
  "rating",
  "destination",
  "metadata",
  "webhook",
]);

const PROMPT_LIMIT = 8192;
const COUNT_LIMIT = 20;
const INPUTS_LIMIT = 20;
const METADATA_LIMIT = 2048;
const CUSTOM_WEBHOOKS_LIMIT = 5;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function* webhookIssues(generation: Generation, webhook: unknown): Generator<Issue> {
  if (!isObject(webhook)) {
    yield { path: "webhook", message: "Expected an object" };
    return;
  }
  if (generation === "g4") {
    for (const name of Object.keys(webhook)) {
      if (name !== "custom") yield { path: `webhook.${name}`, message: "Unknown field" };
    }
  }
  const { custom } = webhook;
  if (custom === undefined) return;
  if (!Array.isArray(custom) || custom.length > CUSTOM_WEBHOOKS_LIMIT) {
    yield { path: "webhook.custom", message: `Expected an array of at most ${CUSTOM_WEBHOOKS_LIMIT}` };
    return;
  }
  for (const [index, each] of custom.entries()) {
    if (!isObject(each) || !isHttpUrl(each.url)) {
      yield { path: `webhook.custom.${index}.url`, message: "Expected an http or https URL" };
    }
  }
}

/** Empty when the provider would start a task. Only g4 minds fields it does not know. */
export function* requestIssues(generation: Generation, body: unknown): Generator<Issue> {
  if (!isObject(body)) {
    yield { path: "", message: "Expected a JSON object" };
    return;
  }
  if (generation === "g4") {
    for (const name of Object.keys(body)) {
      if (!FIELDS.has(name)) yield { path: name, message: "Unknown field" };
    }
  }
  const { prompt, model, count, inputs, metadata, webhook } = body;
  // Characters, not UTF-16 units: an emoji counts once.
  if (typeof prompt !== "string" || prompt === "" || [...prompt].length > PROMPT_LIMIT) {
    yield { path: "prompt", message: `Expected 1 to ${PROMPT_LIMIT} characters` };
  }
  if (model !== undefined && (typeof model !== "string" || model === "")) {
    yield { path: "model", message: "Expected the name of a model" };
  }
  if (count !== undefined && !(Number.isInteger(count) && Number(count) >= 1 && Number(count) <= COUNT_LIMIT)) {
    yield { path: "count", message: `Expected a whole number from 1 to ${COUNT_LIMIT}` };
  }
  if (inputs !== undefined && !(Array.isArray(inputs) && inputs.length <= INPUTS_LIMIT)) {
    yield { path: "inputs", message: `Expected an array of at most ${INPUTS_LIMIT}` };
  }
  if (metadata !== undefined && Buffer.byteLength(JSON.stringify(metadata)) > METADATA_LIMIT) {
    yield { path: "metadata", message: `Expected at most ${METADATA_LIMIT} bytes of JSON` };
  }
  if (webhook !== undefined) yield* webhookIssues(generation, webhook);
}
