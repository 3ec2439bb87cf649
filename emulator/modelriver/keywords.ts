/**
 * Words in square brackets in the last user message that make its request go another way.
 *
 * Owns the list; each consequence belongs to the file it happens in.
 */

import { REFUSING_WORDS } from "../refusal.ts";

export const KEYWORDS = {
  standard: "the standard webhook, which asks for no callback; so does a workflow named …:standard",
  "scheme-a": "signed as the documentation says: mr-signature, over the body",
  "scheme-b": "signed as the sample servers check it: X-ModelRiver-Signature, over the time and the data",
  pretty: "the webhook is written with line breaks and spaces",
  nested: "event, type, AI response and callback are inside data",
  choices: "the AI data is the model's raw answer: choices, with a message of plain text",
  "choices-json": "the same, and the message is JSON as text",
  text: "the AI data is text, no object",
  untitled: "the AI data has no title",
  fail: "the generation fails: status error, with a message",
  lost: "no webhook is ever sent",
  twice: "the webhook is sent twice, at the same time",
  late: "takes ten times as long",
  "no-callback": "an event that asks for no callback",
  "data-callback": "the callback's URL is in data only",
  "header-callback": "the callback's URL is in the header X-ModelRiver-Callback-Url only",
  "callback-elsewhere": "the callback's URL is on a host that is not the provider's",
  "callback-fails": "every callback is answered with 503",
  "callback-fails-twice": "the first two callbacks are answered with 503",
  "callback-slow": "a callback is taken and answered after 20 s",
  "callback-redirects": "every callback is answered with a redirect",
  "callback-cut": "the connection of the first callback is cut, and the callback is not taken",
  "callback-lost": "the first callback is taken, and its answer is lost",
  "callback-expired": "every callback comes too late: 410",
  ...REFUSING_WORDS,
} as const;

export type Keyword = keyof typeof KEYWORDS;
