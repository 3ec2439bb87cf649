/** What the start calls accept, by kind. Pure: a parsed body in, a list of issues out. */

import { isHttpUrl, isObject } from "../json.ts";
import {
  ANYTHING,
  fieldIssues,
  filled,
  HTTP_URL,
  type Issue,
  NO_OBJECT,
  OBJECT,
  type Rule,
  required,
  TEXT,
  unknownFields,
  words,
} from "../rules.ts";
import type { Generation } from "./generation.ts";
import type { Kind } from "./kinds.ts";

const PROMPT_LIMIT = 8192;
const COUNT_LIMIT = 20;
const INPUTS_LIMIT = 20;
const METADATA_LIMIT = 2048;
const CUSTOM_WEBHOOKS_LIMIT = 5;

const ADDRESS: Rule = required(HTTP_URL);

const PROMPT: Rule = required({
  // Characters, not UTF-16 units: an emoji counts once.
  fits: (value) => typeof value === "string" && value !== "" && [...value].length <= PROMPT_LIMIT,
  expected: `Expected 1 to ${PROMPT_LIMIT} characters`,
});
const MODEL: Rule = filled("Expected the name of a model");
const COUNT: Rule = {
  fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= COUNT_LIMIT,
  expected: `Expected a whole number from 1 to ${COUNT_LIMIT}`,
};
const INPUTS: Rule = {
  fits: (value) => Array.isArray(value) && value.length <= INPUTS_LIMIT,
  expected: `Expected an array of at most ${INPUTS_LIMIT}`,
};
const METADATA: Rule = {
  fits: (value) => Buffer.byteLength(JSON.stringify(value)) <= METADATA_LIMIT,
  expected: `Expected at most ${METADATA_LIMIT} bytes of JSON`,
};

const FIELDS: Readonly<Record<Kind, Readonly<Record<string, Rule>>>> = {
  "image.generate": {
    prompt: PROMPT,
    negative_prompt: ANYTHING,
    magic_prompt: ANYTHING,
    model: MODEL,
    size: ANYTHING,
    count: COUNT,
    output: ANYTHING,
    inputs: INPUTS,
    rating: ANYTHING,
    destination: ANYTHING,
    metadata: METADATA,
    access: ANYTHING,
    // Its own issues name what is inside it.
    webhook: ANYTHING,
  },
  "image.rate": { url: ADDRESS, mode: TEXT, access: ANYTHING },
  "image.alt": { url: ADDRESS, access: ANYTHING },
  "image.review": { url: ADDRESS, effort: TEXT, access: ANYTHING },
  "image.remove_background": { url: ADDRESS, access: ANYTHING },
  "image.upscale": {
    url: ADDRESS,
    size: required(words("2x", "4x")),
    effort: required(words("low", "high")),
    access: ANYTHING,
  },
  "video.generate": {
    model: required(MODEL),
    prompt: PROMPT,
    duration: ANYTHING,
    resolution: ANYTHING,
    audio: ANYTHING,
    inputs: INPUTS,
    access: ANYTHING,
  },
};

function* webhookIssues(generation: Generation, webhook: unknown): Generator<Issue> {
  if (!isObject(webhook)) {
    yield { path: "webhook", message: OBJECT.expected };
    return;
  }
  if (generation === "g4") yield* unknownFields({ custom: [] }, webhook, "webhook.");
  const { custom } = webhook;
  if (custom === undefined) return;
  if (!Array.isArray(custom) || custom.length > CUSTOM_WEBHOOKS_LIMIT) {
    yield { path: "webhook.custom", message: `Expected an array of at most ${CUSTOM_WEBHOOKS_LIMIT}` };
    return;
  }
  for (const [index, each] of custom.entries()) {
    if (!isObject(each) || !isHttpUrl(each.url)) {
      yield { path: `webhook.custom.${index}.url`, message: HTTP_URL.expected };
    }
  }
}

/** Empty when the provider would start a task. Only g4 minds fields it does not know. */
export function* requestIssues(generation: Generation, kind: Kind, body: unknown): Generator<Issue> {
  if (!isObject(body)) {
    yield NO_OBJECT;
    return;
  }
  const rules = FIELDS[kind];
  if (generation === "g4") yield* unknownFields(rules, body);
  yield* fieldIssues(rules, body);
  if (kind === "image.generate" && body.webhook !== undefined) yield* webhookIssues(generation, body.webhook);
}
