/**
 * Words in square brackets in a prompt, or in a picture's address, that make its task go wrong in
 * one certain way.
 *
 * Owns the list; each consequence belongs to the file it happens in.
 */

import { REFUSING_WORDS } from "../refusal.ts";

export const KEYWORDS = {
  fail: "the whole task fails: restricted content, with a message",
  "fail-silent": "the task fails and says nothing about why",
  partial: "every second image fails",
  missing: "one image fewer than asked for",
  extra: "one image more than asked for",
  slow: "takes five times as long",
  lost: "no webhook is ever sent; only a poll finds the result",
  twice: "each webhook is sent twice",
  nourl: "the first image has a null url and a mynth_url",
  ...REFUSING_WORDS,
} as const;

export type Keyword = keyof typeof KEYWORDS;
