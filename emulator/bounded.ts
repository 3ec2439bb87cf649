/** Maps that stay small in an emulator left running for days. */

/** What books of requests keep: more than any test looks back on. */
export const KEPT_REQUESTS = 20_000;

/** Drops the oldest entry of a map that holds more than `most`, and returns what it was. */
export function dropOldest<K, V>(map: Map<K, V>, most: number): V | undefined {
  const [oldest] = map.size > most ? map : [];
  if (oldest) map.delete(oldest[0]);
  return oldest?.[1];
}
