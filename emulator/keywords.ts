/** Reads the words in square brackets that make a request go wrong. Each provider has its own list. */

export function readWords<Word extends string>(text: string, known: Readonly<Record<Word, string>>): Set<Word> {
  const found = new Set<Word>();
  // An address may have its brackets escaped.
  const plain = text.toLowerCase().replaceAll("%5b", "[").replaceAll("%5d", "]");
  for (const [, word] of plain.matchAll(/\[([a-z0-9-]+)\]/g)) {
    if (word && Object.hasOwn(known, word)) found.add(word as Word);
  }
  return found;
}
