/**
 * Words in square brackets in a prompt, or in a picture's address, that make its task go wrong in
 * one certain way.
 *
 * Owns the list and how it is read; each consequence belongs to the file it happens in.
 */

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
  "refuse-402": "the create call is refused: insufficient balance",
  "refuse-429": "the create call is refused: too many requests",
  "refuse-500": "the create call is refused: internal error",
  "refuse-html": "the create call is answered by an HTML page, as from a broken proxy",
} as const;

export type Keyword = keyof typeof KEYWORDS;

export function readKeywords(text: string): Set<Keyword> {
  const found = new Set<Keyword>();
  // An address may have its brackets escaped.
  const plain = text.toLowerCase().replaceAll("%5b", "[").replaceAll("%5d", "]");
  for (const [, word] of plain.matchAll(/\[([a-z0-9-]+)\]/g)) {
    if (word && Object.hasOwn(KEYWORDS, word)) found.add(word as Keyword);
  }
  return found;
}
